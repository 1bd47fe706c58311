//! Resources that are made at run time.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::item::{Dynamic, List, Run, run};
use super::keys::keys;
use crate::clock::millis;
use crate::handler::Context;
use crate::handler::call::listing::IntoLinks;
use crate::handler::output::resource::IntoContents;
use crate::handler::output::tool::Returns;
use crate::handler::spec::Spec;
use crate::handler::spec::policy::{Breaker, Cache, Concurrency, RateLimit, Retry, Source};
use crate::handler::spec::visible::VisibleIf;
use crate::principal::Principal;
use crate::registry::template::Template;
use crate::registry::{Descriptor, Entry};

/// A resource, or a template of resources, that is made at run time: from a URI, a name and a closure.
///
/// Added before the start by [`Server::resource`](crate::Server::resource), or while the server runs by
/// [`Items::add_resource`](crate::Items::add_resource). The methods have the names of the keys of `#[resource]`.
///
/// The closure receives the variables of a template as an object of strings.
///
/// ```
/// use mcp_runtime::{DynamicResource, Server};
/// use serde_json::Value;
///
/// let page = DynamicResource::new("wiki://{page}", "A page")
///     .description("A page of the wiki.")
///     .mime_type("text/markdown")
///     .handler(|_cx, variables: Value| async move { format!("# {}", variables["page"]) });
/// let server = Server::new("wiki", "1.0.0").resource(page);
/// assert!(server.check().is_ok());
/// ```
pub struct DynamicResource {
    spec: Spec,
    returned: Option<&'static str>,
    run: Option<Run>,
    list: Option<List>,
    faults: Vec<String>,
}

keys!(DynamicResource, "resource");

impl DynamicResource {
    /// Creates a resource at `uri`, or at all URIs of a template (RFC 6570).
    pub fn new(uri: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            spec: Spec::resource(name.into(), "", uri.into()),
            returned: None,
            run: None,
            list: None,
            faults: Vec::new(),
        }
    }

    /// Sets the function that reads it.
    #[must_use]
    pub fn handler<F, R, O>(mut self, handler: F) -> Self
    where
        F: Fn(Context, Value) -> R + Send + Sync + 'static,
        R: Future<Output = O> + Send + 'static,
        O: IntoContents + 'static,
    {
        let returns = Returns::<O>::contents();
        self.returned = returns.mime_type;
        self.run = Some(run(handler, returns.convert));
        self
    }

    /// Sets the function that lists the resources of a template for `resources/list`.
    ///
    /// Called for each page of the list, with the context of the caller, for at most 5 s.
    #[must_use]
    pub fn list<F, R, O>(mut self, list: F) -> Self
    where
        F: Fn(Context) -> R + Send + Sync + 'static,
        R: Future<Output = O> + Send + 'static,
        O: IntoLinks + 'static,
    {
        self.list = Some(Arc::new(move |cx| {
            let running = list(cx);
            Box::pin(async move { running.await.into_links() })
        }));
        self
    }

    /// Sets the media type of the contents.
    #[must_use]
    pub fn mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.spec = self.spec.mime_type(mime_type.into());
        self
    }

    /// Sets the size of the contents in bytes.
    #[must_use]
    pub fn size(mut self, bytes: u64) -> Self {
        self.spec = self.spec.size(bytes);
        self
    }

    pub(crate) fn into_entry(mut self) -> Entry {
        let uri = &self.spec.uri;
        let is_template = Template::is_template(uri);
        let variables = match Template::compile(uri) {
            Ok(template) if is_template => template.names(),
            _ => Vec::new(),
        };
        if !is_template && iri_string::types::UriStr::new(uri).is_err() {
            self.faults
                .push(format!("`{uri}` is not an absolute URI (RFC 3986)"));
        }
        if self.list.is_some() && !is_template {
            self.faults
                .push("`list` needs a URI template: this URI is one resource".to_owned());
        }
        let names = variables.iter();
        let properties: Map<String, Value> = names
            .map(|(name, is_list)| match is_list {
                true => (
                    name.clone(),
                    json!({ "type": "array", "items": { "type": "string" } }),
                ),
                false => (name.clone(), json!({ "type": "string" })),
            })
            .collect();
        let schema = json!({ "type": "object", "properties": properties });
        let descriptor = Descriptor::resource(&self.spec, self.returned);
        Dynamic::entry(
            self.spec,
            &schema,
            descriptor,
            self.run,
            self.list,
            self.faults,
        )
    }
}
