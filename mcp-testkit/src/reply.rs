//! The response of a server, with assertions that show everything when they fail.

use std::fmt::Display;

use serde_json::Value;

#[cfg(test)]
mod tests;

/// The response to a request, with the notifications before it.
///
/// The assertions apply to calls of tools, reads of resources and gets of prompts alike; they panic with the request,
/// the response and the expectation.
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

    /// Returns the reply of a round after `before`.
    pub(crate) fn after(mut self, before: Self) -> Self {
        self.notifications.splice(..0, before.notifications);
        self
    }

    /// Returns the same reply with another response.
    pub(crate) fn with(self, response: Value) -> Self {
        Self { response, ..self }
    }

    /// Returns the `result` member.
    ///
    /// # Panics
    ///
    /// Panics if the response is an error.
    #[track_caller]
    pub fn result(&self) -> &Value {
        match self.response.get("result") {
            Some(result) => result,
            None => self.fail("a result"),
        }
    }

    /// Returns the whole response message.
    pub fn response(&self) -> &Value {
        &self.response
    }

    /// Returns the texts of a tool's content, of a resource's contents or of a prompt's messages, joined by newlines.
    pub fn text(&self) -> String {
        let result = &self.response["result"];
        let blocks = entries(&result["content"]).chain(entries(&result["contents"]));
        let messages = entries(&result["messages"]).map(|message| &message["content"]);
        blocks
            .chain(messages)
            .filter_map(|block| block["text"].as_str())
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// Returns the structured content of a tool; without one, the JSON in the text, as for a resource, or for a tool
    /// in a revision without structured content.
    ///
    /// # Panics
    ///
    /// Panics if there is neither.
    #[track_caller]
    pub fn structured(&self) -> Value {
        if let Some(structured) = self.response["result"].get("structuredContent") {
            return structured.clone();
        }
        match serde_json::from_str(&self.text()) {
            Ok(structured) => structured,
            Err(_) => self.fail("structured content"),
        }
    }

    /// Returns the contents of a resource, each `{"uri": .., "mimeType": .., "text": ..}` or with a `blob`.
    ///
    /// # Panics
    ///
    /// Panics if the response has none.
    #[track_caller]
    pub fn contents(&self) -> &[Value] {
        self.array("contents")
    }

    /// Returns the messages of a prompt, each `{"role": .., "content": ..}`.
    ///
    /// # Panics
    ///
    /// Panics if the response has none.
    #[track_caller]
    pub fn messages(&self) -> &[Value] {
        self.array("messages")
    }

    /// Returns the completions of an argument, best first.
    ///
    /// # Panics
    ///
    /// Panics if the response is not a completion.
    #[track_caller]
    pub fn completions(&self) -> Vec<String> {
        let Some(values) = self.response["result"]["completion"]["values"].as_array() else {
            self.fail("a completion")
        };
        let values = values.iter().filter_map(Value::as_str);
        values.map(str::to_owned).collect()
    }

    /// Returns the notifications before the response.
    pub fn notifications(&self) -> &[Value] {
        &self.notifications
    }

    /// Returns the params of the progress notifications before the response.
    pub fn progress(&self) -> Vec<Value> {
        self.with_method("notifications/progress")
    }

    /// Returns the params of the log messages before the response.
    pub fn logs(&self) -> Vec<Value> {
        self.with_method("notifications/message")
    }

    /// Asserts that the call succeeded.
    #[track_caller]
    pub fn assert_ok(&self) -> &Self {
        if self.response.get("result").is_none() || self.is_tool_error() {
            self.fail("success")
        }
        self
    }

    /// Asserts that the call succeeded with exactly this text.
    #[track_caller]
    pub fn assert_text(&self, expected: impl AsRef<str>) -> &Self {
        self.assert_ok();
        if self.text() != expected.as_ref() {
            self.fail(format_args!("the text {:?}", expected.as_ref()))
        }
        self
    }

    /// Asserts that the call succeeded with this [structured content](Self::structured).
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

    /// Asserts that exactly these completions are returned, in this order.
    #[track_caller]
    pub fn assert_completions<S: AsRef<str>>(
        &self,
        expected: impl IntoIterator<Item = S>,
    ) -> &Self {
        let expected = expected.into_iter().map(|value| value.as_ref().to_owned());
        let expected: Vec<String> = expected.collect();
        if self.completions() != expected {
            self.fail(format_args!("the completions {expected:?}"))
        }
        self
    }

    /// Asserts that the call failed with a text that contains `expected`: the text of a tool's error, which the model
    /// reads, or the message of a JSON-RPC error otherwise.
    #[track_caller]
    pub fn assert_error(&self, expected: impl AsRef<str>) -> &Self {
        if !self.fails_with(expected.as_ref()) {
            self.fail(format_args!("{} with {:?}", self.noun(), expected.as_ref()))
        }
        self
    }

    /// Asserts that a policy refused the call, with a text that contains `expected`, and with the time to wait.
    #[track_caller]
    pub fn assert_refused(&self, expected: impl AsRef<str>) -> &Self {
        let places = [
            &self.response["result"]["_meta"],
            &self.response["error"]["data"],
        ];
        let wait = places
            .iter()
            .find_map(|place| place[mcp_runtime::RETRY_AFTER].as_f64());
        if wait.is_none() || !self.fails_with(expected.as_ref()) {
            self.fail(format_args!(
                "a refusal with {:?} and the time to wait",
                expected.as_ref()
            ))
        }
        self
    }

    /// Asserts that the response is a JSON-RPC error with this code.
    #[track_caller]
    pub fn assert_rpc_error(&self, code: i64) -> &Self {
        if self.response["error"]["code"] != code {
            self.fail(format_args!("the JSON-RPC error {code}"))
        }
        self
    }

    fn is_call(&self) -> bool {
        self.method() == "tools/call"
    }

    fn noun(&self) -> &'static str {
        if self.is_call() {
            "a tool error"
        } else {
            "an error"
        }
    }

    fn fails_with(&self, expected: &str) -> bool {
        if self.is_call() {
            return self.is_tool_error() && self.text().contains(expected);
        }
        let message = self.response["error"]["message"].as_str();
        message.is_some_and(|message| message.contains(expected))
    }

    fn is_tool_error(&self) -> bool {
        self.response["result"]["isError"] == true
    }

    #[track_caller]
    fn array(&self, member: &str) -> &[Value] {
        match self.response["result"][member].as_array() {
            Some(array) => array,
            None => self.fail(member),
        }
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

fn entries(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
