//! The scripted responses of a client to its server: those of its user and its model, and its roots.
//!
//! One script works in every revision, whether an input request comes in a result or as a request of the server.

use std::fmt;

use mcp_runtime::Version;
use serde_json::{Map, Value, json};

/// An elicitation of the client's user.
#[derive(Clone, Debug)]
pub struct Question(Value);

impl Question {
    /// Returns the message to the user.
    pub fn message(&self) -> &str {
        self.0["message"].as_str().unwrap_or_default()
    }

    /// Returns the JSON Schema of the form; `null` for a URL.
    pub fn schema(&self) -> &Value {
        &self.0["requestedSchema"]
    }

    /// Returns the URL to open; `None` for a form.
    pub fn url(&self) -> Option<&str> {
        self.0["url"].as_str()
    }
}

/// The response of the client's user to a [`Question`]; a JSON object becomes the content of an accepted form.
#[derive(Clone, Debug)]
pub struct Answer(Value);

impl Answer {
    /// Accepts the form with this content, or the URL with `null`.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "reads as `accept(json!({..}))`"
    )]
    pub fn accept(content: Value) -> Self {
        Self(if content.is_null() {
            json!({ "action": "accept" })
        } else {
            json!({ "action": "accept", "content": content })
        })
    }

    /// Declines the elicitation.
    pub fn decline() -> Self {
        Self(json!({ "action": "decline" }))
    }

    /// Dismisses the elicitation without a choice.
    pub fn cancel() -> Self {
        Self(json!({ "action": "cancel" }))
    }

    /// Sends any result, also an invalid one.
    pub fn raw(result: Value) -> Self {
        Self(result)
    }
}

impl From<Value> for Answer {
    fn from(content: Value) -> Self {
        Self::accept(content)
    }
}

type Says = Box<dyn FnMut(&Value) -> Value + Send>;

/// The responses by method, and the requests received.
#[derive(Default)]
pub(crate) struct Script {
    elicit: Option<Says>,
    sample: Option<Says>,
    roots: Option<Says>,
    asked: Vec<Value>,
}

impl Script {
    pub(crate) fn elicit(&mut self, mut says: impl FnMut(&Question) -> Answer + Send + 'static) {
        self.elicit = Some(Box::new(move |params| says(&Question(params.clone())).0));
    }

    pub(crate) fn sample(&mut self, says: impl FnMut(&Value) -> Value + Send + 'static) {
        self.sample = Some(Box::new(says));
    }

    pub(crate) fn roots(&mut self, roots: &Value) {
        let result = json!({ "roots": roots });
        self.roots = Some(Box::new(move |_| result.clone()));
    }

    /// Returns true if there are no responses; then the test handles the requests itself.
    pub(crate) fn is_empty(&self) -> bool {
        self.elicit.is_none() && self.sample.is_none() && self.roots.is_none()
    }

    /// Returns the response to a request; `None` if the script has none.
    pub(crate) fn answer(&mut self, request: &Value) -> Option<Value> {
        self.asked.push(request.clone());
        let says = match request["method"].as_str()? {
            "elicitation/create" => &mut self.elicit,
            "sampling/createMessage" => &mut self.sample,
            "roots/list" => &mut self.roots,
            _ => return None,
        };
        says.as_mut().map(|says| says(&request["params"]))
    }

    /// Returns the requests received.
    pub(crate) fn asked(&self) -> Vec<Value> {
        self.asked.clone()
    }

    /// Returns the capabilities that these responses need, as a client of `version` declares them.
    pub(crate) fn capabilities(&self, version: Version) -> Map<String, Value> {
        let detailed = version >= Version::V2025_11_25;
        let mut capabilities = Map::new();
        if self.elicit.is_some() && version >= Version::V2025_06_18 {
            let modes = if detailed {
                json!({ "form": {}, "url": {} })
            } else {
                json!({})
            };
            capabilities.insert("elicitation".to_owned(), modes);
        }
        if self.sample.is_some() {
            let more = if detailed {
                json!({ "tools": {}, "context": {} })
            } else {
                json!({})
            };
            capabilities.insert("sampling".to_owned(), more);
        }
        if self.roots.is_some() {
            capabilities.insert("roots".to_owned(), json!({}));
        }
        capabilities
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Script")
            .field("asked", &self.asked)
            .finish_non_exhaustive()
    }
}
