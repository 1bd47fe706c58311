//! The descriptions of declarations in lists.
//!
//! Made once, in the newest revision and with all of its fields; when a list is rendered, `answer/downgrade.rs`
//! removes fields that an older one does not define. A read-only tool is described as not destructive, since the
//! protocol's default for `destructiveHint` is true.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::template::Template;
use crate::handler::output::tool::Returns;
use crate::handler::spec::kind::Kind;
use crate::handler::spec::{Spec, Text};
use crate::protocol::resource::UriOrTemplate;
use crate::protocol::{Icon, Tool, ToolAnnotations, prompt, resource};
use crate::schema::FinishedInput;

/// The description of a declaration in a list.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Descriptor {
    Tool(Tool),
    Resource(resource::Descriptor),
    Prompt(prompt::Descriptor),
}

impl Descriptor {
    pub(super) fn new<T>(spec: &Spec, input: &FinishedInput, returns: &Returns<T>) -> Self {
        match spec.kind {
            Kind::Tool => {
                let input = to_raw_value(input).unwrap_or_default();
                Self::tool(spec, input, returns.schema.as_ref())
            }
            Kind::Resource => Self::resource(spec, returns.mime_type),
            Kind::Prompt => Self::prompt(spec, arguments(input)),
        }
    }
}

/// The view of a tool, and its audience, for `_meta`.
fn ui(spec: &Spec) -> Option<Map<String, Value>> {
    let mut ui = Map::new();
    if let Some(uri) = &spec.ui {
        ui.insert("resourceUri".to_owned(), uri.as_ref().into());
    }
    if !spec.visible_to.is_empty() {
        ui.insert("visibility".to_owned(), spec.visible_to.into());
    }
    (!ui.is_empty()).then(|| Map::from_iter([("ui".to_owned(), ui.into())]))
}

/// Describes the arguments of a prompt.
fn arguments(input: &FinishedInput) -> Vec<prompt::Argument> {
    let argument = |(name, schema): (&'static str, &Value)| prompt::Argument {
        name: name.to_owned(),
        title: None,
        description: schema
            .get("description")
            .and_then(Value::as_str)
            .map(str::to_owned),
        required: input.requires(name),
    };
    input.properties().map(argument).collect()
}

fn icons(spec: &Spec) -> Vec<Icon> {
    spec.icon.as_deref().map(Icon::new).into_iter().collect()
}

/// The `_meta` of a declaration: its own, its view, and the audience of the tool.
fn meta(spec: &Spec) -> Option<Map<String, Value>> {
    let mut meta = spec.meta.clone();
    meta.extend(ui(spec).into_iter().flatten());
    (!meta.is_empty()).then_some(meta)
}

impl Descriptor {
    /// Describes a tool.
    pub(super) fn tool(
        spec: &Spec,
        input_schema: Box<RawValue>,
        output_schema: Option<&Value>,
    ) -> Self {
        let annotations = ToolAnnotations {
            title: None,
            read_only: spec.read_only,
            // A read-only tool is not destructive; the protocol's default would say otherwise.
            destructive: spec.destructive.or(spec.only_reads().then_some(false)),
            idempotent: spec.idempotent,
            open_world: spec.open_world,
        };
        Self::Tool(Tool {
            name: spec.name.clone().into_owned(),
            title: spec.title.clone().map(Text::into_owned),
            description: spec.description.clone().into_owned(),
            icons: icons(spec),
            input_schema,
            output_schema: output_schema.and_then(|schema| to_raw_value(schema).ok()),
            annotations: (annotations != ToolAnnotations::default()).then_some(annotations),
            meta: meta(spec),
        })
    }

    /// Describes a resource, whose contents have the media type `returned` unless it declares another one.
    pub(super) fn resource(spec: &Spec, returned: Option<&str>) -> Self {
        let uri = spec.uri.clone().into_owned();
        Self::Resource(resource::Descriptor {
            uri: if Template::is_template(&uri) {
                UriOrTemplate::Template(uri)
            } else {
                UriOrTemplate::Uri(uri)
            },
            name: spec.name.clone().into_owned(),
            title: spec.title.clone().map(Text::into_owned),
            description: spec.description.clone().into_owned(),
            icons: icons(spec),
            mime_type: spec.mime_type.as_deref().or(returned).map(str::to_owned),
            size: spec.size,
            annotations: spec.annotations(),
            meta: meta(spec),
        })
    }

    /// Describes a prompt.
    pub(super) fn prompt(spec: &Spec, arguments: Vec<prompt::Argument>) -> Self {
        Self::Prompt(prompt::Descriptor {
            name: spec.name.clone().into_owned(),
            title: spec.title.clone().map(Text::into_owned),
            description: spec.description.clone().into_owned(),
            icons: icons(spec),
            arguments,
            meta: meta(spec),
        })
    }
}
