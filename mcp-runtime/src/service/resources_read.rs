//! `resources/read`: the resource at a URI, or the template that matches it.
//!
//! Files (of skills) come first, then fixed resources, then the template that matches. The variables of a template
//! become the arguments of its function, as strings; an invalid value makes the URI that of no resource (-32002 in
//! sessions, -32602 with the URI in 2026-07-28). Empty contents are the same as `not_found`.

use std::sync::Arc;

use serde_json::value::RawValue;

use super::call::CallParams;
use super::input::is_retry;
use super::watch::check_uri;
use super::{Service, text_param};
use crate::answer::{Answer, Hint, ReadResult};
use crate::handler::Context;
use crate::protocol::{Given, Members, Resource, RpcError};

impl Service {
    pub(super) async fn read_resource(
        &self,
        params: Option<&Members>,
        cx: &Context,
    ) -> Result<Answer, RpcError> {
        let uri = text_param(params, "uri", "which resource?")?;
        check_uri(&uri)?;
        let registry = self.registry.read();
        if let Some(file) = registry.files.contents.get(&*uri) {
            return Ok(Answer::Read(ReadResult {
                contents: vec![file.clone()],
                hint: Hint::NONE,
            }));
        }
        let found = registry.resource(&uri);
        let found = found.map(|(entry, variables)| (Arc::clone(entry), variables));
        drop(registry);
        let (entry, variables) = found.ok_or_else(|| RpcError::resource_not_found().at(&uri))?;
        let variables = variables.and_then(|variables| RawValue::from_string(variables).ok());
        let call = CallParams {
            members: params,
            arguments: variables.as_deref().map(Given::from),
            textual: true,
        };
        let mut answer = self
            .call(&entry, cx, call)
            .await
            .map_err(|error| error.at(&uri))?;
        if let Answer::Read(read) = &mut answer {
            if read.contents.is_empty() {
                return Err(RpcError::resource_not_found().at(&uri));
            }
            for contents in &mut read.contents {
                complete(contents, &uri, entry.spec.mime_type.as_deref());
            }
            let is_retry = params.is_some_and(is_retry);
            let policies = entry.policies();
            read.hint = Hint::new(&policies.spec, policies.access.is_open(), is_retry);
        }
        Ok(answer)
    }
}

/// Adds the members that the function omitted.
fn complete(contents: &mut Resource, uri: &str, declared: Option<&str>) {
    if contents.uri.is_empty() {
        uri.clone_into(&mut contents.uri);
    }
    let usual = if contents.blob.is_some() {
        "application/octet-stream"
    } else {
        "text/plain"
    };
    contents
        .mime_type
        .get_or_insert_with(|| declared.unwrap_or(usual).to_owned());
}
