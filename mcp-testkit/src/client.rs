//! A client in memory, in any revision.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mcp_runtime::protocol::meta::{CLIENT_CAPABILITIES, CLIENT_INFO, LOG_LEVEL, PROTOCOL_VERSION};
use mcp_runtime::{Level, Principal, Server, Version};
use serde_json::{Map, Value, json};
use tokio::sync::{mpsc, oneshot};

use crate::link::{self, Link, lock};
use crate::reply::Reply;
use crate::script::{Answer, Question, Script};
use crate::task::{self, Task};

/// How long an answer may take. Paused time passes at once when nothing else is left to do, so a lost answer fails a
/// test instead of stopping it.
const PATIENCE: Duration = Duration::from_hours(24);
/// How many rounds a call may have.
const ROUNDS: usize = 20;
/// The extension with which a server may answer a call with a task.
const TASKS: &str = "io.modelcontextprotocol/tasks";

/// A client of a server in the same process.
///
/// Calls ask for progress, so that [`Reply::progress`] has it. Methods panic where a test should fail, and show the
/// request, the response and what was expected.
#[derive(Debug)]
pub struct TestClient {
    link: Link,
    version: Version,
    next_id: AtomicI64,
    capabilities: Mutex<Value>,
    /// Whether a session has been told other capabilities than these.
    is_outdated: AtomicBool,
    script: Arc<Mutex<Script>>,
    log_level: Option<Level>,
    /// Whether calls may become tasks, which are followed to their end.
    tasks: bool,
}

/// A call that has been sent and not yet answered.
#[derive(Debug)]
#[must_use = "a call is awaited with `reply` or given up with `cancel`"]
pub struct Pending<'a> {
    client: &'a TestClient,
    id: Value,
    request: Value,
    answer: oneshot::Receiver<link::Answer>,
}

impl TestClient {
    /// A client of the current revision.
    ///
    /// # Panics
    ///
    /// When the server cannot start.
    pub async fn new<S: Send + Sync + 'static>(server: Server<S>) -> Self {
        Self::with_version(server, Version::LATEST).await
    }

    /// A client of `version`; a legacy one has shaken hands.
    ///
    /// # Panics
    ///
    /// When the server cannot start, or does not agree to the revision.
    pub async fn with_version<S: Send + Sync + 'static>(
        server: Server<S>,
        version: Version,
    ) -> Self {
        let client = Self::raw(server, version);
        if version.is_legacy() {
            let reply = client.shake_hands().reply().await;
            assert_eq!(
                reply.result()["protocolVersion"],
                version.as_str(),
                "the server chose another revision"
            );
            client.notify("notifications/initialized", json!({}));
        }
        client
    }

    /// A client that has said nothing yet, for tests of the protocol itself.
    ///
    /// # Panics
    ///
    /// When the server cannot start.
    pub fn raw<S: Send + Sync + 'static>(server: Server<S>, version: Version) -> Self {
        let connection = server
            .connect()
            .unwrap_or_else(|error| panic!("the server cannot start: {error}"));
        let script = Arc::default();
        Self {
            link: Link::new(connection, Arc::clone(&script)),
            version,
            next_id: AtomicI64::new(1),
            capabilities: Mutex::new(json!({})),
            is_outdated: AtomicBool::new(false),
            script,
            log_level: None,
            tasks: false,
        }
    }

    fn shake_hands(&self) -> Pending<'_> {
        self.is_outdated.store(false, Ordering::Relaxed);
        let params = json!({
            "protocolVersion": self.version.as_str(),
            "capabilities": *lock(&self.capabilities),
            "clientInfo": { "name": "mcp-testkit", "version": env!("CARGO_PKG_VERSION") },
        });
        self.send("initialize", params)
    }

    /// Declares what this client can do, as a `ClientCapabilities` object; in a session by shaking hands anew. Those
    /// that scripted answers need are declared with them.
    #[must_use]
    pub fn capabilities(self, capabilities: Value) -> Self {
        self.declare(capabilities);
        self
    }

    fn declare(&self, capabilities: Value) {
        *lock(&self.capabilities) = capabilities;
        self.is_outdated
            .store(self.version.is_legacy(), Ordering::Relaxed);
    }

    /// From now on the user does this with each question, by a form or a URL; declares `elicitation`.
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
    /// client.on_elicit(|question| {
    ///     assert_eq!(question.message(), "Really delete it?");
    ///     json!({"confirm": true})
    /// });
    /// client.call("delete", json!({})).await.assert_text("true");
    /// client.on_elicit(|_| Answer::decline());
    /// client.call("delete", json!({})).await.assert_error("declined");
    /// # }
    /// ```
    pub fn on_elicit<A: Into<Answer>>(
        &self,
        mut says: impl FnMut(&Question) -> A + Send + 'static,
    ) -> &Self {
        self.learn(|script| script.elicit(move |question| says(question).into()))
    }

    /// From now on the model answers so: from the params of the request to its result, or the text of the result;
    /// declares `sampling`.
    pub fn on_sample(&self, mut says: impl FnMut(&Value) -> Value + Send + 'static) -> &Self {
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

    /// From now on these are the client's roots: `json!([{"uri": "file:///home/ann"}])`; declares `roots`.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "reads as `roots(json!([..]))`"
    )]
    pub fn roots(&self, roots: Value) -> &Self {
        self.learn(|script| script.roots(&roots))
    }

    fn learn(&self, lesson: impl FnOnce(&mut Script)) -> &Self {
        let mut script = lock(&self.script);
        lesson(&mut script);
        let mut declared = lock(&self.capabilities)
            .as_object()
            .cloned()
            .unwrap_or_default();
        declared.extend(script.capabilities(self.version));
        drop(script);
        self.declare(declared.into());
        self
    }

    /// What the server has asked so far: `{"method": .., "params": ..}` each, in every revision.
    pub fn asked(&self) -> Vec<Value> {
        lock(&self.script).asked()
    }

    /// Asks for log messages of this level and above with each request (modern revision).
    #[must_use]
    pub fn log_level(mut self, level: Level) -> Self {
        self.log_level = Some(level);
        self
    }

    /// Declares the tasks extension (modern revision): calls may become tasks. One that does is followed to its end by
    /// [`call`](Self::call) and [`Pending::reply`], which give the scripted answers to what it asks; by
    /// [`Pending::task`] a test follows it itself.
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

    /// From now on calls come from `principal`, as if a transport had verified it; [`Principal::anonymous`] takes it
    /// back.
    pub fn principal(&self, principal: Principal) -> &Self {
        self.link.principal(principal);
        self
    }

    /// The revision that this client speaks.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Calls a tool.
    pub async fn call(&self, tool: &str, arguments: Value) -> Reply {
        self.start(tool, arguments).reply().await
    }

    /// Begins to call a tool.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "reads as `start(\"add\", json!({..}))`"
    )]
    pub fn start(&self, tool: &str, arguments: Value) -> Pending<'_> {
        self.send(
            "tools/call",
            json!({ "name": tool, "arguments": arguments }),
        )
    }

    /// The tools, as `tools/list` describes them.
    pub async fn tools(&self) -> Vec<Value> {
        let reply = self.request("tools/list", json!({})).await;
        reply.result()["tools"]
            .as_array()
            .cloned()
            .unwrap_or_default()
    }

    /// The tool called `name`, as `tools/list` describes it.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub async fn tool(&self, name: &str) -> Value {
        let tools = self.tools().await;
        let found = tools.iter().find(|tool| tool["name"] == name).cloned();
        found.unwrap_or_else(|| panic!("there is no tool `{name}` among {tools:#?}"))
    }

    /// Sends any request; what a modern one says of itself is added.
    pub async fn request(&self, method: &str, params: Value) -> Reply {
        self.send(method, params).reply().await
    }

    /// Sends any request without waiting for its answer.
    pub fn send(&self, method: &str, params: Value) -> Pending<'_> {
        if self.is_outdated.swap(false, Ordering::Relaxed) {
            drop(self.shake_hands());
            self.notify("notifications/initialized", json!({}));
        }
        let id = json!(self.next_id.fetch_add(1, Ordering::Relaxed));
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": self.with_meta(params, &id) });
        let answer = self.link.request(&id, request.to_string());
        Pending {
            client: self,
            id,
            request,
            answer,
        }
    }

    /// Sends a notification.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "reads as `notify(\"..\", json!({..}))`"
    )]
    pub fn notify(&self, method: &str, params: Value) {
        self.link
            .send(json!({ "jsonrpc": "2.0", "method": method, "params": params }).to_string());
    }

    /// The raw line, and from then on all lines from the server: for tests of the protocol itself.
    pub fn lines(&self) -> Lines<'_> {
        Lines {
            client: self,
            received: self.link.tap(),
        }
    }

    /// Notifications that belong to no answered call.
    pub fn notifications(&self) -> Vec<Value> {
        self.link.take_notifications()
    }

    /// The end of input, as a client that goes away.
    pub fn close(&self) {
        self.link.close();
    }

    /// Begins the server's shutdown, as a signal would.
    pub fn shut_down(&self) {
        self.link.shut_down();
    }

    /// Everything that `/metrics` says.
    pub async fn metrics(&self) -> String {
        self.link.metrics().await.unwrap_or_default()
    }

    /// The value of the metric `series`, written as `/metrics` writes it, for example
    /// `mcp_tool_invocations_total{tool="add",outcome="ok"}`.
    ///
    /// # Panics
    ///
    /// When there is no such series.
    pub async fn metric(&self, series: &str) -> f64 {
        let text = self.metrics().await;
        let value = text
            .lines()
            .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        let value = value.and_then(|value| value.parse().ok());
        value.unwrap_or_else(|| panic!("there is no metric {series} in\n{text}"))
    }

    /// The params of the next round, if the server asks and the script answers.
    fn answered(&self, reply: &Reply) -> Option<Value> {
        let result = reply
            .response()
            .get("result")
            .filter(|result| result["resultType"] == "input_required")?;
        let mut script = lock(&self.script);
        if script.is_empty() {
            return None;
        }
        let mut params = reply.params().clone();
        let fields = params.as_object_mut()?;
        for member in ["inputResponses", "requestState"] {
            fields.remove(member);
        }
        // Each round is a request of its own.
        if let Some(meta) = fields.get_mut("_meta").and_then(Value::as_object_mut) {
            meta.remove("progressToken");
        }
        if let Some(requests) = result["inputRequests"].as_object() {
            let answer =
                |(key, request): (&String, &Value)| (key.clone(), scripted(&mut script, request));
            fields.insert(
                "inputResponses".to_owned(),
                requests.iter().map(answer).collect::<Map<_, _>>().into(),
            );
        }
        if let Some(state) = result.get("requestState") {
            fields.insert("requestState".to_owned(), state.clone());
        }
        Some(params)
    }

    /// The scripted answer to a question.
    pub(crate) fn says(&self, request: &Value) -> Value {
        scripted(&mut lock(&self.script), request)
    }

    fn declared(&self) -> Value {
        let mut declared = lock(&self.capabilities).clone();
        if self.tasks {
            declared["extensions"][TASKS] = json!({});
        }
        declared
    }

    fn with_meta(&self, params: Value, id: &Value) -> Value {
        let mut params = match params {
            Value::Object(params) => params,
            Value::Null => Map::new(),
            other => return other,
        };
        let meta = params.entry("_meta").or_insert_with(|| json!({}));
        if let Value::Object(meta) = meta {
            meta.entry("progressToken").or_insert_with(|| id.clone());
            if !self.version.is_legacy() {
                meta.entry(PROTOCOL_VERSION)
                    .or_insert_with(|| self.version.as_str().into());
                meta.entry(CLIENT_CAPABILITIES)
                    .or_insert_with(|| self.declared());
                meta.entry(CLIENT_INFO).or_insert_with(
                    || json!({ "name": "mcp-testkit", "version": env!("CARGO_PKG_VERSION") }),
                );
                if let Some(level) = self.log_level {
                    meta.entry(LOG_LEVEL).or_insert_with(|| json!(level));
                }
            }
        }
        Value::Object(params)
    }
}

fn scripted(script: &mut Script, request: &Value) -> Value {
    script
        .answer(request)
        .unwrap_or_else(|| panic!("this test has no answer to\n{request:#}"))
}

impl<'a> Pending<'a> {
    /// The answer; of a client that [knows tasks](TestClient::tasks), what the task has come to.
    ///
    /// # Panics
    ///
    /// When the server ends, or is idle, without an answer; when the task was cancelled.
    pub async fn reply(self) -> Reply {
        let client = self.client;
        let reply = self.settled().await;
        match Task::of(client, &reply).filter(|_| client.tasks) {
            Some(task) => {
                let state = task.ended().await;
                let outcome = task::outcome(&state, &reply.response()["id"]);
                reply.with(
                    outcome.unwrap_or_else(|| panic!("the task has come to nothing: {state:#}")),
                )
            }
            None => reply,
        }
    }

    /// The task that the call has become.
    ///
    /// # Panics
    ///
    /// When it was answered otherwise, or as [`reply`](Self::reply).
    pub async fn task(self) -> Task<'a> {
        let client = self.client;
        let reply = self.settled().await;
        Task::of(client, &reply)
            .unwrap_or_else(|| panic!("the call is no task: {:#}", reply.response()))
    }

    /// The answer after all rounds.
    pub(crate) async fn settled(self) -> Reply {
        let client = self.client;
        let mut reply = self.next().await;
        for _ in 0..ROUNDS {
            let Some(params) = client.answered(&reply) else {
                return reply;
            };
            let method = reply.method().to_owned();
            reply = client.send(&method, params).next().await.after(reply);
        }
        panic!(
            "the server still asks after {ROUNDS} rounds: {:#}",
            reply.response()
        )
    }

    /// The answer of this round.
    async fn next(self) -> Reply {
        let Self {
            request, answer, ..
        } = self;
        match tokio::time::timeout(PATIENCE, answer).await {
            Ok(Ok((response, notifications))) => Reply::new(request, response, notifications),
            Ok(Err(_)) => panic!("the server ended without an answer to\n{request:#}"),
            Err(elapsed) => panic!("no answer ({elapsed}) to\n{request:#}"),
        }
    }

    /// Tells the server that nobody waits any more.
    pub fn cancel(self) {
        self.client.notify(
            "notifications/cancelled",
            json!({ "requestId": self.id, "reason": "test" }),
        );
    }

    /// The id of the request.
    pub fn id(&self) -> &Value {
        &self.id
    }
}

/// A client that speaks in lines.
#[derive(Debug)]
pub struct Lines<'a> {
    client: &'a TestClient,
    received: mpsc::UnboundedReceiver<String>,
}

impl Lines<'_> {
    /// Sends one line, whatever it is.
    pub fn send(&self, line: impl Into<String>) {
        self.client.link.send(line.into());
    }

    /// The next line, parsed; `None` when the server has ended.
    ///
    /// # Panics
    ///
    /// When the server is idle without saying anything, or says what is not JSON.
    pub async fn next(&mut self) -> Option<Value> {
        let line = tokio::time::timeout(PATIENCE, self.received.recv()).await;
        let line = line.unwrap_or_else(|_| panic!("the server says nothing more"))?;
        Some(
            serde_json::from_str(&line).unwrap_or_else(|error| panic!("not JSON: {error}\n{line}")),
        )
    }
}
