//! The capabilities of a client, as declared per request (2026-07-28) or at `initialize` (legacy).

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};

use super::error::RpcError;
use super::extension;
use crate::limits::{self, Limit};

/// The client's declared capabilities ([`Context::capabilities`](crate::Context::capabilities)).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ClientCapabilities {
    /// Forms and URLs for the user.
    #[serde(default, deserialize_with = "declared")]
    pub(crate) elicitation: Option<Elicitation>,
    /// A model that runs for the server.
    #[serde(default, deserialize_with = "declared")]
    pub(crate) sampling: Option<Sampling>,
    /// Roots that can be listed.
    #[serde(default, deserialize_with = "declared")]
    pub(crate) roots: Option<Roots>,
    /// Settings of extensions, by id.
    #[serde(default, deserialize_with = "object")]
    pub(crate) extensions: BTreeMap<String, Value>,
}

/// The capabilities of one client, shared by its calls; an empty object takes no memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Declared(Option<Arc<ClientCapabilities>>);

impl Declared {
    /// Reads capabilities; `None` if `json` is not an object, since serde would read a struct from an array too.
    pub(crate) fn read(json: &[u8]) -> Option<Self> {
        if json == b"{}" {
            return Some(Self::default());
        }
        let object = Some(json).filter(|json| json.first() == Some(&b'{'))?;
        let capabilities: ClientCapabilities = serde_json::from_slice(object).ok()?;
        Some(capabilities.into())
    }
}

impl From<ClientCapabilities> for Declared {
    fn from(capabilities: ClientCapabilities) -> Self {
        Self(Some(Arc::new(capabilities)))
    }
}

impl Deref for Declared {
    type Target = ClientCapabilities;

    fn deref(&self) -> &ClientCapabilities {
        static NONE: ClientCapabilities = ClientCapabilities {
            elicitation: None,
            sampling: None,
            roots: None,
            extensions: BTreeMap::new(),
        };
        self.0.as_deref().unwrap_or(&NONE)
    }
}

/// Reads a capability that is declared by an object, or by `true`, as some clients write it; anything else is none.
fn declared<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Default + DeserializeOwned,
{
    Ok(match Value::deserialize(deserializer)? {
        Value::Bool(true) => Some(T::default()),
        object @ Value::Object(_) => Some(serde_json::from_value(object).unwrap_or_default()),
        _ => None,
    })
}

/// Reads an object; anything else becomes an empty one.
fn object<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Value>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Object(members) => members.into_iter().collect(),
        _ => BTreeMap::new(),
    })
}

/// An ability that a server may need of its client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Capability {
    /// Forms for the user.
    Elicitation,
    /// URLs for the user to open.
    ElicitationUrl,
    /// Running the client's model.
    Sampling,
    /// Running the client's model with tools of the server.
    SamplingTools,
    /// Running the client's model with the client's own context.
    SamplingContext,
    /// Listing the client's roots.
    Roots,
}

impl Capability {
    /// The `ClientCapabilities` object that declares it.
    pub(crate) fn required(self) -> Value {
        match self {
            Self::Elicitation => json!({ "elicitation": {} }),
            Self::ElicitationUrl => json!({ "elicitation": { "url": {} } }),
            Self::Sampling => json!({ "sampling": {} }),
            Self::SamplingTools => json!({ "sampling": { "tools": {} } }),
            Self::SamplingContext => json!({ "sampling": { "context": {} } }),
            Self::Roots => json!({ "roots": {} }),
        }
    }

    /// The object that declares all of them.
    pub(crate) fn all_required(capabilities: &[Self]) -> Value {
        let mut all = json!({});
        for capability in capabilities {
            merge(&mut all, capability.required());
        }
        all
    }

    /// The ability as a verb phrase, after "the client cannot".
    pub(crate) fn verb(self) -> &'static str {
        match self {
            Self::Elicitation => "ask its user by a form (`elicitation`)",
            Self::ElicitationUrl => "open a URL for its user (`elicitation.url`)",
            Self::Sampling => "run a model for the server (`sampling`)",
            Self::SamplingTools => "run a model with the server's tools (`sampling.tools`)",
            Self::SamplingContext => "run a model with its own context (`sampling.context`)",
            Self::Roots => "list its roots (`roots`)",
        }
    }
}

/// The number of bytes that a value takes in addition to its text.
const NODE: usize = size_of::<Value>();

/// Returns the bytes that a value takes in memory.
fn size(value: &Value) -> usize {
    let inner: usize = match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => members_size(members),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    };
    NODE + inner
}

/// Returns the bytes that the members of an object take.
fn members_size(members: &Map<String, Value>) -> usize {
    let member = |(name, value): (&String, &Value)| NODE + name.len() + size(value);
    members.iter().map(member).sum()
}

/// Adds the members of `more`, at every depth.
fn merge(all: &mut Value, more: Value) {
    if let (Value::Object(all), Value::Object(more)) = (all, more) {
        for (name, value) in more {
            merge(all.entry(name).or_insert_with(|| json!({})), value);
        }
    }
}

impl ClientCapabilities {
    /// Fails if they are larger than the limit for the declarations of a client.
    pub(crate) fn check_size(&self) -> Result<(), RpcError> {
        let elicitation = self.elicitation.iter().flat_map(|it| [&it.form, &it.url]);
        let sampling = self.sampling.iter().flat_map(|it| [&it.tools, &it.context]);
        let members: usize = elicitation
            .chain(sampling)
            .flatten()
            .map(members_size)
            .sum();
        let extensions = self.extensions.iter();
        let extensions: usize = extensions
            .map(|(id, settings)| NODE + id.len() + size(settings))
            .sum();
        if members + extensions <= limits::CAPABILITIES {
            return Ok(());
        }
        let error = RpcError::invalid_meta(format!(
            "the client's capabilities are too large: no more than {} bytes of them are kept; declare fewer extensions, or with fewer settings",
            limits::CAPABILITIES
        ));
        Err(error.over(Limit::Capabilities))
    }

    /// Returns true if the client shows views with the results of tools (MCP Apps).
    pub fn shows_views(&self) -> bool {
        let types = self
            .extensions
            .get(extension::UI)
            .and_then(|settings| settings["mimeTypes"].as_array());
        types.is_some_and(|types| types.iter().any(|one| one == extension::VIEW_MIME_TYPE))
    }

    /// Returns true if the client declared `capability`. `elicitation: {}` means forms.
    pub fn has(&self, capability: Capability) -> bool {
        let elicitation = self.elicitation.as_ref();
        match capability {
            Capability::Elicitation => {
                elicitation.is_some_and(|it| it.form.is_some() || it.url.is_none())
            }
            Capability::ElicitationUrl => elicitation.is_some_and(|it| it.url.is_some()),
            Capability::Sampling => self.sampling.is_some(),
            Capability::SamplingTools => {
                self.sampling.as_ref().is_some_and(|it| it.tools.is_some())
            }
            Capability::SamplingContext => self
                .sampling
                .as_ref()
                .is_some_and(|it| it.context.is_some()),
            Capability::Roots => self.roots.is_some(),
        }
    }

    /// Returns the settings that the client declared for the extension `id`, such as `io.modelcontextprotocol/tasks`.
    pub fn extension(&self, id: &str) -> Option<&Value> {
        self.extensions.get(id)
    }
}

/// The modes of elicitation. `{}` means forms only.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Elicitation {
    /// Forms.
    #[serde(default, deserialize_with = "declared")]
    pub form: Option<Map<String, Value>>,
    /// URLs to open.
    #[serde(default, deserialize_with = "declared")]
    pub url: Option<Map<String, Value>>,
}

/// The parts of sampling.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Sampling {
    /// Tools in the request.
    #[serde(default, deserialize_with = "declared")]
    pub tools: Option<Map<String, Value>>,
    /// The client's own context.
    #[serde(default, deserialize_with = "declared")]
    pub context: Option<Map<String, Value>>,
}

/// Roots, without settings.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Roots {}

#[cfg(test)]
mod tests {
    use super::*;

    fn supports(capabilities: &str, capability: Capability) -> bool {
        serde_json::from_str::<ClientCapabilities>(capabilities)
            .unwrap()
            .has(capability)
    }

    #[test]
    fn a_capability_is_declared_by_an_object_or_by_true() {
        for declared in ["{}", "true", r#"{"form":{}}"#, r#"{"form":true,"x":1}"#] {
            let text = format!(r#"{{"elicitation":{declared},"extensions":null}}"#);
            assert!(supports(&text, Capability::Elicitation), "{text}");
        }
        for absent in ["null", "false", "0", r#""no""#, r#"{"url":{}}"#] {
            let text = format!(r#"{{"elicitation":{absent},"roots":true}}"#);
            assert!(!supports(&text, Capability::Elicitation), "{text}");
            assert!(supports(&text, Capability::Roots), "{text}");
        }
    }
}
