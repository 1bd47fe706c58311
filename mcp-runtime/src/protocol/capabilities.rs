//! What a client can do, as declared per request (2026-07-28) or at `initialize` (legacy).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// The client's declared capabilities.
#[derive(Clone, Debug, Default, Deserialize)]
#[non_exhaustive]
pub struct ClientCapabilities {
    /// It can show forms or URLs to its user.
    #[serde(default)]
    pub elicitation: Option<Elicitation>,
    /// It can run a model for the server.
    #[serde(default)]
    pub sampling: Option<Sampling>,
    /// It can list its roots.
    #[serde(default)]
    pub roots: Option<Roots>,
    /// Extensions, by id.
    #[serde(default)]
    pub extensions: BTreeMap<String, Value>,
}

/// How the client can ask its user. `{}` means forms only.
#[derive(Clone, Debug, Default, Deserialize)]
#[non_exhaustive]
pub struct Elicitation {
    /// Forms.
    #[serde(default)]
    pub form: Option<Value>,
    /// URLs to open.
    #[serde(default)]
    pub url: Option<Value>,
}

/// How the client can sample.
#[derive(Clone, Debug, Default, Deserialize)]
#[non_exhaustive]
pub struct Sampling {
    /// It takes tools in the request.
    #[serde(default)]
    pub tools: Option<Value>,
}

/// The client has roots.
#[derive(Clone, Debug, Default, Deserialize)]
#[non_exhaustive]
pub struct Roots {}
