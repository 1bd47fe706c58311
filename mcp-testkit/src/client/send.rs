//! The requests of a client.

use std::sync::atomic::Ordering;

use mcp_runtime::__testing::{CLIENT_CAPABILITIES, CLIENT_INFO, LOG_LEVEL, PROTOCOL_VERSION};
use serde_json::{Map, Value, json};

use super::{Pending, TestClient};
use crate::reply::Reply;

/// The extension with which a server may respond to a call with a task.
const TASKS: &str = "io.modelcontextprotocol/tasks";

impl TestClient {
    /// Calls a tool.
    pub async fn call(&self, tool: &str, arguments: Value) -> Reply {
        self.start(tool, arguments).reply().await
    }

    /// Sends a call of a tool without waiting for its response.
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

    /// Reads a resource.
    ///
    /// ```
    /// # use mcp_runtime::{Server, resource, resources};
    /// # use mcp_testkit::TestClient;
    /// # /// One item.
    /// # #[resource("shop://items/{id}")]
    /// # async fn item(id: u64) -> String { format!("item {id}") }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let client = TestClient::new(Server::new("shop", "1.0.0").resources(resources![item])).await;
    /// client.read("shop://items/7").await.assert_text("item 7");
    /// client.read("shop://items/x").await.assert_error("`id` must be an integer");
    /// # }
    /// ```
    pub async fn read(&self, uri: &str) -> Reply {
        self.request("resources/read", json!({ "uri": uri })).await
    }

    /// Gets a prompt with its arguments, an object of strings.
    ///
    /// ```
    /// # use mcp_runtime::{Server, prompt, prompts};
    /// # use mcp_testkit::TestClient;
    /// # use serde_json::json;
    /// # /// Praises a product.
    /// # #[prompt]
    /// # async fn pitch(#[arg(one_of("cup", "pot"))] product: String) -> String { format!("Praise the {product}.") }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let client = TestClient::new(Server::new("shop", "1.0.0").prompts(prompts![pitch])).await;
    /// client.prompt("pitch", json!({"product": "cup"})).await.assert_text("Praise the cup.");
    /// client.prompt("pitch", json!({})).await.assert_error("`product` is missing");
    /// client.complete("pitch", "product", "c").await.assert_completions(["cup"]);
    /// # }
    /// ```
    pub async fn prompt(&self, name: &str, arguments: Value) -> Reply {
        self.request(
            "prompts/get",
            json!({ "name": name, "arguments": arguments }),
        )
        .await
    }

    /// Completes the typed text of an argument, of the prompt or of the URI template `of`.
    pub async fn complete(&self, of: &str, argument: &str, typed: &str) -> Reply {
        let reference = if of.contains(':') {
            json!({ "type": "ref/resource", "uri": of })
        } else {
            json!({ "type": "ref/prompt", "name": of })
        };
        let argument = json!({ "name": argument, "value": typed });
        self.request(
            "completion/complete",
            json!({ "ref": reference, "argument": argument }),
        )
        .await
    }

    /// Sends any request; the `_meta` of the revision is added.
    pub async fn request(&self, method: &str, params: Value) -> Reply {
        self.send(method, params).reply().await
    }

    /// Sends any request without waiting for its response.
    pub fn send(&self, method: &str, params: Value) -> Pending<'_> {
        if self.is_outdated.swap(false, Ordering::Relaxed) {
            drop(self.shake_hands());
            self.notify("notifications/initialized", json!({}));
        }
        let id = json!(self.next_id.fetch_add(1, Ordering::Relaxed));
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": self.with_meta(params, &id) });
        let answer = self.link.request(&id, request.to_string(), &self.principal);
        Pending::new(self, id, request, answer)
    }

    /// Sends a notification.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "reads as `notify(\"..\", json!({..}))`"
    )]
    pub fn notify(&self, method: &str, params: Value) {
        self.send_line(json!({ "jsonrpc": "2.0", "method": method, "params": params }).to_string());
    }

    pub(super) fn send_line(&self, line: String) {
        self.link.send(line, &self.principal);
    }

    fn declared(&self) -> Value {
        let mut declared = self.capabilities.clone();
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
                meta.entry(CLIENT_INFO).or_insert_with(|| self.info.clone());
                if let Some(level) = self.log_level {
                    meta.entry(LOG_LEVEL).or_insert_with(|| json!(level));
                }
            }
        }
        Value::Object(params)
    }
}
