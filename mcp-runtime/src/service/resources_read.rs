//! `resources/read`: the resource at a URI, or the template that matches it.

use serde_json::value::RawValue;

use super::call::Given;
use super::input::is_retry;
use super::watch::check_uri;
use super::{Service, text_param};
use crate::answer::{Answer, Hint, Read};
use crate::handler::Context;
use crate::handler::output::product::Product;
use crate::protocol::{Members, Resource, RpcError};

impl Service {
    pub(super) async fn read_resource(
        &self,
        params: Option<&Members>,
        cx: &Context,
    ) -> Result<Answer, RpcError> {
        let uri = text_param(params, "uri", "which resource?")?;
        check_uri(&uri)?;
        if let Some(file) = self.registry.files.contents.get(&*uri) {
            return Ok(Answer::Read(Read {
                contents: vec![file.clone()],
                hint: Hint::NONE,
            }));
        }
        let (entry, variables) = self
            .registry
            .resource(&uri)
            .ok_or_else(|| RpcError::resource_not_found().at(&uri))?;
        let variables = variables.and_then(|variables| RawValue::from_string(variables).ok());
        let is_retry = params.is_some_and(is_retry);
        let finish = |product| match product {
            Product::Contents(contents) if contents.is_empty() => {
                Err(RpcError::resource_not_found())
            }
            Product::Contents(contents) => {
                let contents = contents
                    .into_iter()
                    .map(|it| completed(it, &uri, entry.spec.mime_type))
                    .collect();
                Ok(Answer::Read(Read {
                    contents,
                    hint: Hint::new(&entry.spec, entry.policies.access.is_open(), is_retry),
                }))
            }
            _ => Err(RpcError::internal("internal error")),
        };
        let given = Given {
            params,
            arguments: variables.as_deref(),
            textual: true,
        };
        self.call(entry, cx, given, finish)
            .await
            .map_err(|error| error.at(&uri))
    }
}

/// Contents with what their function left out.
fn completed(mut contents: Resource, uri: &str, declared: Option<&str>) -> Resource {
    if contents.uri.is_empty() {
        uri.clone_into(&mut contents.uri);
    }
    let usual = if contents.blob.is_some() {
        "application/octet-stream"
    } else {
        "text/plain"
    };
    let mime_type = contents
        .mime_type
        .take()
        .unwrap_or_else(|| declared.unwrap_or(usual).to_owned());
    Resource {
        mime_type: Some(mime_type),
        ..contents
    }
}
