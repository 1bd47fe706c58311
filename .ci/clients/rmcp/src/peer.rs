//! A connected client that records the server's notifications and requests, and its own responses, in the JSON of the
//! wire.

#![expect(
    deprecated,
    reason = "sampling, roots, the log and the subscriptions of sessions: what servers have all the same"
)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rmcp::model::*;
use rmcp::service::{
    ClientLifecycleMode, NotificationContext, Peer as Client, PeerRequestOptions, RequestContext,
    RoleClient, RunningService, ServiceError, Subscription,
};
use rmcp::transport::{StreamableHttpClientTransport, TokioChildProcess};
use rmcp::{ClientHandler, ClientServiceExt, ErrorData};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

pub type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

#[derive(Clone, Copy, Debug)]
pub enum Lifecycle {
    Auto,
    Discover,
    Initialize,
}

/// Messages of the server: methods with their parameters.
type Log = Arc<Mutex<Vec<(String, Value)>>>;

/// The notifications and requests that the client received, and its responses.
#[derive(Clone, Default)]
struct Events {
    version: String,
    told: Log,
    asked: Log,
    progress: Arc<Notify>,
}

impl Events {
    fn tell(&self, method: &str, params: Value) {
        self.told.lock().unwrap().push((method.to_owned(), params));
    }

    fn ask(&self, method: &str, params: Value) {
        self.asked.lock().unwrap().push((method.to_owned(), params));
    }
}

fn wire(message: impl Serialize) -> Value {
    serde_json::to_value(message).expect("messages are JSON")
}

fn of_wire<T: DeserializeOwned>(message: Value) -> Result<T, ErrorData> {
    serde_json::from_value(message)
        .map_err(|error| ErrorData::internal_error(error.to_string(), None))
}

impl ClientHandler for Events {
    fn get_info(&self) -> ClientConfig {
        of_wire(json!({
            "protocolVersion": self.version,
            "capabilities": { "elicitation": {}, "sampling": {}, "roots": {} },
            "clientInfo": { "name": "check", "version": "1.0.0" },
        }))
        .expect("this is a client's configuration")
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        let request = wire(request);
        let fields = request["requestedSchema"]["properties"]
            .as_object()
            .into_iter()
            .flatten();
        let content: serde_json::Map<_, _> = fields
            .map(|(field, _)| (field.clone(), filled_in(field)))
            .collect();
        self.ask("elicitation/create", request);
        of_wire(json!({ "action": "accept", "content": content }))
    }

    async fn create_message(
        &self,
        request: CreateMessageRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<CreateMessageResult, ErrorData> {
        self.ask("sampling/createMessage", wire(request));
        let content = json!({ "type": "text", "text": "Paris" });
        of_wire(
            json!({ "role": "assistant", "content": content, "model": "test-model", "stopReason": "endTurn" }),
        )
    }

    async fn list_roots(
        &self,
        _: RequestContext<RoleClient>,
    ) -> Result<ListRootsResult, ErrorData> {
        self.ask("roots/list", json!({}));
        of_wire(json!({ "roots": [{ "uri": "file:///test/root", "name": "Test Root" }] }))
    }

    async fn on_progress(
        &self,
        params: ProgressNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        self.tell("notifications/progress", wire(params));
        self.progress.notify_one();
    }

    async fn on_logging_message(
        &self,
        params: LoggingMessageNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        self.tell("notifications/message", wire(params));
    }

    async fn on_resource_updated(
        &self,
        params: ResourceUpdatedNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        self.tell("notifications/resources/updated", wire(params));
    }

    async fn on_tool_list_changed(&self, _: NotificationContext<RoleClient>) {
        self.tell("notifications/tools/list_changed", json!({}));
    }

    async fn on_prompt_list_changed(&self, _: NotificationContext<RoleClient>) {
        self.tell("notifications/prompts/list_changed", json!({}));
    }
}

/// Returns the value that the user enters into a field of a form.
fn filled_in(field: &str) -> Value {
    match field {
        "username" => json!("ada"),
        "email" => json!("ada@example.com"),
        "confirm" | "ok" => json!(true),
        _ => json!("Ada"),
    }
}

pub struct Peer {
    client: RunningService<RoleClient, Events>,
    events: Events,
    pub modern: bool,
    listening: Option<Subscription>,
}

impl Peer {
    pub async fn connect(
        kind: &str,
        target: &[&str],
        lifecycle: Lifecycle,
        revision: &str,
    ) -> Result<Self> {
        let modern = !matches!(lifecycle, Lifecycle::Initialize);
        let version = if modern { "2025-11-25" } else { revision };
        let events = Events {
            version: version.to_owned(),
            ..Events::default()
        };
        let preferred_versions = vec![ProtocolVersion::V_2026_07_28];
        let mode = match lifecycle {
            Lifecycle::Auto => ClientLifecycleMode::Auto {
                preferred_versions,
                legacy_version: None,
            },
            Lifecycle::Discover => ClientLifecycleMode::Discover { preferred_versions },
            Lifecycle::Initialize => ClientLifecycleMode::Initialize,
        };
        let client = if kind == "http" {
            let transport = StreamableHttpClientTransport::from_uri(target[0]);
            events.clone().serve_with_lifecycle(transport, mode).await?
        } else {
            let mut command = tokio::process::Command::new(target[0]);
            command.args(&target[1..]);
            events
                .clone()
                .serve_with_lifecycle(TokioChildProcess::new(command)?, mode)
                .await?
        };
        Ok(Self {
            client,
            events,
            modern,
            listening: None,
        })
    }

    pub fn version(&self) -> String {
        let server = self.client.peer_info();
        wire(server.as_deref())["protocolVersion"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    pub fn server(&self) -> Value {
        wire(self.client.peer_info().as_deref())["serverInfo"]["name"].clone()
    }

    fn client(&self) -> &Client<RoleClient> {
        self.client.peer()
    }

    /// All pages of a list.
    pub async fn list(&self, what: &str) -> Result<Vec<Value>> {
        let entries = match what {
            "tools" => wire(self.client().list_all_tools().await?),
            "resources" => wire(self.client().list_all_resources().await?),
            "resourceTemplates" => wire(self.client().list_all_resource_templates().await?),
            _ => wire(self.client().list_all_prompts().await?),
        };
        Ok(serde_json::from_value(entries)?)
    }

    pub async fn call(&self, tool: &str, arguments: Value) -> Result<Value> {
        Ok(wire(
            self.client
                .call_tool(of_wire(json!({ "name": tool, "arguments": arguments }))?)
                .await?,
        ))
    }

    pub async fn call_with_log(&self, tool: &str) -> Result<Value> {
        let meta = match self.modern {
            true => json!({ "io.modelcontextprotocol/logLevel": "info" }),
            false => {
                self.client()
                    .set_level(of_wire(json!({ "level": "info" }))?)
                    .await?;
                json!({})
            }
        };
        Ok(wire(
            self.client
                .call_tool(of_wire(
                    json!({ "name": tool, "arguments": {}, "_meta": meta }),
                )?)
                .await?,
        ))
    }

    /// The JSON-RPC error that a call of a tool ends with.
    pub async fn error_of_call(&self, tool: &str) -> Value {
        match self
            .client
            .call_tool(CallToolRequestParams::new(tool.to_owned()))
            .await
        {
            Ok(result) => wire(result),
            Err(error) => described(error),
        }
    }

    /// What the resource holds, or the JSON-RPC error.
    pub async fn read(&self, uri: &str) -> Value {
        match self
            .client
            .read_resource(ReadResourceRequestParams::new(uri))
            .await
        {
            Ok(result) => wire(result),
            Err(error) => described(error),
        }
    }

    /// The messages of a prompt, or the JSON-RPC error.
    pub async fn prompt(&self, name: &str, arguments: Value) -> Result<Value> {
        let params = of_wire(json!({ "name": name, "arguments": arguments }))?;
        Ok(match self.client.get_prompt(params).await {
            Ok(result) => wire(result),
            Err(error) => described(error),
        })
    }

    pub async fn complete(&self, prompt: &str, argument: &str, value: &str) -> Result<Vec<String>> {
        Ok(self
            .client()
            .complete_prompt_simple(prompt, argument, value)
            .await?)
    }

    /// Subscribes to the resource and to the lists.
    pub async fn watch(&mut self, uri: &str) -> Result<()> {
        if self.modern {
            let wanted = json!({ "toolsListChanged": true, "promptsListChanged": true, "resourceSubscriptions": [uri] });
            self.listening = Some(self.client().listen(of_wire(wanted)?).await?);
        } else {
            self.client()
                .subscribe(of_wire(json!({ "uri": uri }))?)
                .await?;
        }
        Ok(())
    }

    /// Ends what `watch` began.
    pub async fn leave(&mut self, uri: &str) -> Result<()> {
        match self.listening.take() {
            Some(mut stream) => stream.cancel().await?,
            None => {
                self.client()
                    .unsubscribe(of_wire(json!({ "uri": uri }))?)
                    .await?
            }
        }
        Ok(())
    }

    /// The parameters of the next notification of this method; `None` if it does not come.
    pub async fn hear(&mut self, method: &str) -> Option<Value> {
        timeout(Duration::from_secs(5), async {
            loop {
                if let Some(stream) = &mut self.listening {
                    let heard = wire(stream.next().await.ok()??);
                    if heard["method"] == method {
                        return Some(heard["params"].clone());
                    }
                } else if let Some((_, params)) =
                    self.told().into_iter().find(|(told, _)| told == method)
                {
                    return Some(params);
                } else {
                    sleep(Duration::from_millis(10)).await;
                }
            }
        })
        .await
        .ok()?
    }

    /// Calls a tool, and takes the call back once it has reported progress.
    pub async fn cancel(&self, tool: &str) -> Result<()> {
        let params = of_wire(json!({ "name": tool, "arguments": {} }))?;
        let request = ClientRequest::CallToolRequest(CallToolRequest::new(params));
        timeout(Duration::from_millis(1), self.events.progress.notified())
            .await
            .ok(); // what is left of earlier calls
        let call = self
            .client()
            .send_cancellable_request(request, PeerRequestOptions::no_options())
            .await?;
        timeout(Duration::from_secs(5), self.events.progress.notified()).await?;
        Ok(call.cancel(Some("no longer wanted".to_owned())).await?)
    }

    pub fn told(&self) -> Vec<(String, Value)> {
        self.events.told.lock().unwrap().clone()
    }

    pub fn forget(&self) {
        self.events.told.lock().unwrap().clear();
    }

    /// What the server has asked since this was last called.
    pub fn asked(&self) -> Vec<(String, Value)> {
        std::mem::take(&mut self.events.asked.lock().unwrap())
    }

    pub async fn close(self) -> Result<()> {
        self.client.cancel().await?;
        Ok(())
    }
}

fn described(error: ServiceError) -> Value {
    match error {
        ServiceError::McpError(error) => wire(error),
        other => json!({ "error": other.to_string() }),
    }
}
