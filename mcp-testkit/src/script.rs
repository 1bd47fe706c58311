//! What a client in a test says when its server asks: its user, its model, its roots.
//!
//! One script for every revision: what a modern server asks in an answer, and an older one by a request, is the same.

use std::fmt;

use mcp_runtime::Version;
use serde_json::{Map, Value, json};

/// A question for the client's user.
#[derive(Clone, Debug)]
pub struct Question(Value);

impl Question {
    /// What the user reads.
    pub fn message(&self) -> &str {
        self.0["message"].as_str().unwrap_or_default()
    }

    /// The JSON Schema of the form; `null` for a URL.
    pub fn schema(&self) -> &Value {
        &self.0["requestedSchema"]
    }

    /// The URL to open, if it is no form.
    pub fn url(&self) -> Option<&str> {
        self.0["url"].as_str()
    }
}

/// What the client's user does with a [`Question`]; any JSON object is the content of a form that is sent.
#[derive(Clone, Debug)]
pub struct Answer(Value);

impl Answer {
    /// The form with this content, or the URL, is accepted.
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

    /// No.
    pub fn decline() -> Self {
        Self(json!({ "action": "decline" }))
    }

    /// The question is closed without a choice.
    pub fn cancel() -> Self {
        Self(json!({ "action": "cancel" }))
    }

    /// Any result, also one that no client should send.
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

/// The answers by method, and what has been asked.
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

    /// Whether there are any answers: without them a test looks at the questions itself.
    pub(crate) fn is_empty(&self) -> bool {
        self.elicit.is_none() && self.sample.is_none() && self.roots.is_none()
    }

    /// The answer to a request; `None` if the script has none.
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

    /// What has been asked so far.
    pub(crate) fn asked(&self) -> Vec<Value> {
        self.asked.clone()
    }

    /// What a client of `version` declares that can give these answers.
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
