//! The settings of a client, by value: its principal, its capabilities, and the responses of its user and its model.

use std::sync::atomic::Ordering;

use mcp_runtime::{Level, Principal};
use serde_json::{Value, json};

use super::TestClient;
use crate::link::lock;
use crate::script::{Answer, Question, Script};

impl TestClient {
    /// Makes the following messages come from `principal`, as if a transport had verified it. Default:
    /// [`Principal::anonymous`].
    ///
    /// Several callers of one server are clones of one client:
    ///
    /// ```
    /// # use mcp_runtime::{Principal, Server};
    /// # use mcp_testkit::TestClient;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let client = TestClient::new(Server::new("shop", "1.0.0")).await;
    /// let ann = client.clone().principal(Principal::new("ann", ["orders:read"]));
    /// let bob = client.principal(Principal::new("bob", ["orders:write"]));
    /// # }
    /// ```
    #[must_use]
    pub fn principal(mut self, principal: Principal) -> Self {
        self.principal = principal;
        self
    }

    /// Declares capabilities, as a `ClientCapabilities` object; in a session by another handshake. Those needed by
    /// scripted responses are added.
    #[must_use]
    pub fn capabilities(mut self, capabilities: Value) -> Self {
        self.capabilities = capabilities;
        self.outdate();
        self
    }

    /// Sets the client's name and version, which a server reads by `Context::client`; in a session by another
    /// handshake. Default: `mcp-testkit` and its version.
    ///
    /// ```
    /// # use mcp_runtime::{Context, Server, tool, tools};
    /// # use mcp_testkit::TestClient;
    /// # use serde_json::json;
    /// # /// Greets the client.
    /// # #[tool]
    /// # async fn greet(cx: &Context) -> String { format!("Hello, {}!", cx.client().name().unwrap_or("you")) }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let client = TestClient::new(Server::new("polite", "1.0.0").tools(tools![greet])).await;
    /// let client = client.client_info(json!({"name": "inspector", "version": "2.1"}));
    /// client.call("greet", json!({})).await.assert_text("Hello, inspector!");
    /// # }
    /// ```
    #[must_use]
    pub fn client_info(mut self, info: Value) -> Self {
        self.info = info;
        self.outdate();
        self
    }

    /// Makes a session repeat its handshake before its next request.
    fn outdate(&self) {
        self.is_outdated
            .store(self.version.is_legacy(), Ordering::Relaxed);
    }

    /// Responds to each elicitation of the user, a form or a URL, with `says`; declares `elicitation`.
    ///
    /// ```
    /// # use mcp_runtime::{Confirm, Context, Server, ToolError, tool, tools};
    /// # use mcp_testkit::{Answer, TestClient};
    /// # use serde_json::json;
    /// # /// Deletes it.
    /// # #[tool(destructive)]
    /// # async fn delete(cx: &Context) -> Result<bool, ToolError> {
    /// #     Ok(cx.elicit::<Confirm>("confirm", "Really delete it?").await?.yes())
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let client = TestClient::new(Server::new("files", "1.0.0").tools(tools![delete])).await;
    /// let client = client.on_elicit(|question| {
    ///     assert_eq!(question.message(), "Really delete it?");
    ///     json!({"confirm": true})
    /// });
    /// client.call("delete", json!({})).await.assert_text("true");
    /// let client = client.on_elicit(|_| Answer::decline());
    /// client.call("delete", json!({})).await.assert_error("declined");
    /// # }
    /// ```
    #[must_use]
    pub fn on_elicit<A: Into<Answer>>(
        self,
        mut says: impl FnMut(&Question) -> A + Send + 'static,
    ) -> Self {
        self.learn(|script| script.elicit(move |question| says(question).into()))
    }

    /// Responds to each request to the model with `says`, which maps the params of the request to its result, or to
    /// the text of the result; declares `sampling`.
    #[must_use]
    pub fn on_sample(self, mut says: impl FnMut(&Value) -> Value + Send + 'static) -> Self {
        self.learn(|script| {
            script.sample(move |params| match says(params) {
                Value::String(text) => json!({
                    "role": "assistant", "model": "test-model", "stopReason": "endTurn",
                    "content": { "type": "text", "text": text },
                }),
                result => result,
            });
        })
    }

    /// Sets the client's roots, such as `json!([{"uri": "file:///home/ann"}])`; declares `roots`.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "reads as `roots(json!([..]))`"
    )]
    pub fn roots(self, roots: Value) -> Self {
        self.learn(|script| script.roots(&roots))
    }

    fn learn(self, lesson: impl FnOnce(&mut Script)) -> Self {
        let mut script = lock(&self.script);
        lesson(&mut script);
        let needed = script.capabilities(self.version);
        drop(script);
        let mut declared = self.capabilities.as_object().cloned().unwrap_or_default();
        declared.extend(needed);
        self.capabilities(declared.into())
    }

    /// Returns the requests of the server to this client: `{"method": .., "params": ..}` each, in every revision.
    pub fn asked(&self) -> Vec<Value> {
        lock(&self.script).asked()
    }

    /// Requests log messages of this level and above with each request (modern revision).
    #[must_use]
    pub fn log_level(mut self, level: Level) -> Self {
        self.log_level = Some(level);
        self
    }

    /// Declares the tasks extension (modern revision): calls may become tasks.
    ///
    /// [`call`](Self::call) and [`Pending::reply`](super::Pending::reply) follow such a task to its end, with the
    /// scripted responses to its input requests; after [`Pending::task`](super::Pending::task) the test follows it.
    ///
    /// ```
    /// # use mcp_runtime::{Server, tool, tools};
    /// # use mcp_testkit::TestClient;
    /// # use serde_json::json;
    /// # use std::time::Duration;
    /// # /// Copies everything.
    /// # #[tool(task = "optional")]
    /// # async fn copy() -> u32 {
    /// #     tokio::time::sleep(Duration::from_secs(60)).await;
    /// #     7
    /// # }
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() {
    /// let client = TestClient::new(Server::new("files", "1.0.0").tools(tools![copy])).await.tasks();
    /// client.call("copy", json!({})).await.assert_text("7");
    ///
    /// let task = client.start("copy", json!({})).task().await;
    /// assert_eq!(task.get().await["status"], "working");
    /// task.cancel().await.assert_ok();
    /// assert_eq!(task.ended().await["status"], "cancelled");
    /// # }
    /// ```
    #[must_use]
    pub fn tasks(mut self) -> Self {
        self.tasks = true;
        self
    }
}
