//! The descriptions of declarations in lists.

use serde::Serialize;
use serde_json::value::to_raw_value;
use serde_json::{Map, Value};

use super::template::Template;
use crate::handler::output::tool::Returns;
use crate::handler::spec::Spec;
use crate::handler::spec::kind::Kind;
use crate::protocol::resource::Place;
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
            Kind::Tool => Self::Tool(tool(spec, input, returns)),
            Kind::Resource => Self::Resource(resource(spec, returns.mime_type)),
            Kind::Prompt => Self::Prompt(prompt(spec, input)),
        }
    }
}

fn icons(spec: &Spec) -> Vec<Icon> {
    spec.icon.map(Icon::new).into_iter().collect()
}

fn tool<T>(spec: &Spec, input: &FinishedInput, returns: &Returns<T>) -> Tool {
    let annotations = ToolAnnotations {
        title: None,
        read_only: spec.read_only.then_some(true),
        // What only reads destroys nothing; the protocol's default would say otherwise.
        destructive: spec.destructive.or(spec.read_only.then_some(false)),
        idempotent: spec.idempotent.then_some(true),
        open_world: spec.open_world,
    };
    Tool {
        name: spec.name.to_owned(),
        title: spec.title.map(str::to_owned),
        description: spec.description.to_owned(),
        icons: icons(spec),
        input_schema: to_raw_value(input).unwrap_or_default(),
        output_schema: returns
            .schema
            .as_ref()
            .and_then(|schema| to_raw_value(schema).ok()),
        annotations: (annotations != ToolAnnotations::default()).then_some(annotations),
        meta: ui(spec),
    }
}

/// The view of a tool, and who sees the tool, as `_meta` says it.
fn ui(spec: &Spec) -> Option<Map<String, Value>> {
    let mut ui = Map::new();
    if let Some(uri) = spec.ui {
        ui.insert("resourceUri".to_owned(), uri.into());
    }
    if !spec.visible_to.is_empty() {
        ui.insert("visibility".to_owned(), spec.visible_to.into());
    }
    (!ui.is_empty()).then(|| Map::from_iter([("ui".to_owned(), ui.into())]))
}

fn resource(spec: &Spec, returned: Option<&'static str>) -> resource::Descriptor {
    let uri = spec.uri.to_owned();
    resource::Descriptor {
        place: if Template::is_template(&uri) {
            Place::Template(uri)
        } else {
            Place::Uri(uri)
        },
        name: spec.name.to_owned(),
        title: spec.title.map(str::to_owned),
        description: spec.description.to_owned(),
        icons: icons(spec),
        mime_type: spec.mime_type.or(returned).map(str::to_owned),
        size: spec.size,
        annotations: spec.annotations(),
        meta: None,
    }
}

fn prompt(spec: &Spec, input: &FinishedInput) -> prompt::Descriptor {
    let argument = |(name, schema): (&'static str, &Value)| prompt::Argument {
        name: name.to_owned(),
        title: None,
        description: schema
            .get("description")
            .and_then(Value::as_str)
            .map(str::to_owned),
        required: input.requires(name),
    };
    prompt::Descriptor {
        name: spec.name.to_owned(),
        title: spec.title.map(str::to_owned),
        description: spec.description.to_owned(),
        icons: icons(spec),
        arguments: input.properties().map(argument).collect(),
    }
}
