//! What a server answered, and assertions that show everything when they fail.

use std::fmt::Display;

use serde_json::Value;

/// The answer to a request, with the notifications that came before it.
#[derive(Clone, Debug)]
#[must_use = "assert something about the reply"]
pub struct Reply {
    request: Value,
    response: Value,
    notifications: Vec<Value>,
}

impl Reply {
    pub(crate) fn new(request: Value, response: Value, notifications: Vec<Value>) -> Self {
        Self {
            request,
            response,
            notifications,
        }
    }

    pub(crate) fn method(&self) -> &str {
        self.request["method"].as_str().unwrap_or_default()
    }

    pub(crate) fn params(&self) -> &Value {
        &self.request["params"]
    }

    /// The same reply, as that of a round after others.
    pub(crate) fn after(mut self, before: Self) -> Self {
        self.notifications.splice(..0, before.notifications);
        self
    }

    /// The same reply with another response.
    pub(crate) fn with(self, response: Value) -> Self {
        Self { response, ..self }
    }

    /// The `result` member.
    ///
    /// # Panics
    ///
    /// When the answer is an error.
    #[track_caller]
    pub fn result(&self) -> &Value {
        self.response
            .get("result")
            .unwrap_or_else(|| self.fail("a result"))
    }

    /// The whole response message.
    pub fn response(&self) -> &Value {
        &self.response
    }

    /// The text blocks of a tool's result, joined by newlines.
    pub fn text(&self) -> String {
        let blocks = self.response["result"]["content"].as_array();
        blocks
            .into_iter()
            .flatten()
            .filter_map(|block| block["text"].as_str())
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// The structured content; in revisions without it, the JSON in the text.
    ///
    /// # Panics
    ///
    /// When there is neither.
    #[track_caller]
    pub fn structured(&self) -> Value {
        if let Some(structured) = self.response["result"].get("structuredContent") {
            return structured.clone();
        }
        serde_json::from_str(&self.text()).unwrap_or_else(|_| self.fail("structured content"))
    }

    /// The notifications that came before the answer.
    pub fn notifications(&self) -> &[Value] {
        &self.notifications
    }

    /// The params of the progress notifications that came before the answer.
    pub fn progress(&self) -> Vec<Value> {
        self.with_method("notifications/progress")
    }

    /// The params of the log messages that came before the answer.
    pub fn logs(&self) -> Vec<Value> {
        self.with_method("notifications/message")
    }

    /// The call succeeded.
    #[track_caller]
    pub fn assert_ok(&self) -> &Self {
        if self.response.get("result").is_none() || self.is_tool_error() {
            self.fail("success")
        }
        self
    }

    /// The call succeeded with exactly this text.
    #[track_caller]
    pub fn assert_text(&self, expected: impl AsRef<str>) -> &Self {
        self.assert_ok();
        if self.text() != expected.as_ref() {
            self.fail(format_args!("the text {:?}", expected.as_ref()))
        }
        self
    }

    /// The call succeeded with this structured content.
    #[track_caller]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "reads as `assert_structured(json!({..}))`"
    )]
    pub fn assert_structured(&self, expected: Value) -> &Self {
        self.assert_ok();
        if self.structured() != expected {
            self.fail(format_args!("the structured content {expected:#}"))
        }
        self
    }

    /// The tool failed with a text that contains `expected`: the model reads it.
    #[track_caller]
    pub fn assert_error(&self, expected: impl AsRef<str>) -> &Self {
        if !self.is_tool_error() || !self.text().contains(expected.as_ref()) {
            self.fail(format_args!("a tool error with {:?}", expected.as_ref()))
        }
        self
    }

    /// A policy refused the call, with a text that contains `expected` and says what to do next.
    #[track_caller]
    pub fn assert_refused(&self, expected: impl AsRef<str>) -> &Self {
        let hint = self.response["result"]["_meta"]
            .get(mcp_runtime::RETRY_AFTER)
            .is_some();
        if !self.is_tool_error() || !hint || !self.text().contains(expected.as_ref()) {
            self.fail(format_args!(
                "a refusal with {:?} and the time to wait",
                expected.as_ref()
            ))
        }
        self
    }

    /// The answer is a JSON-RPC error with this code.
    #[track_caller]
    pub fn assert_rpc_error(&self, code: i64) -> &Self {
        if self.response["error"]["code"] != code {
            self.fail(format_args!("the JSON-RPC error {code}"))
        }
        self
    }

    fn is_tool_error(&self) -> bool {
        self.response["result"]["isError"] == true
    }

    fn with_method(&self, method: &str) -> Vec<Value> {
        self.notifications
            .iter()
            .filter(|note| note["method"] == method)
            .map(|note| note["params"].clone())
            .collect()
    }

    #[track_caller]
    fn fail(&self, expected: impl Display) -> ! {
        panic!(
            "expected {expected}\n\nrequest: {:#}\n\nresponse: {:#}",
            self.request, self.response
        )
    }
}
