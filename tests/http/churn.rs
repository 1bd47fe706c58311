//! Tools added and removed under load, while clients of every revision list, call and listen.

use std::sync::Arc;
use std::time::Duration;

use mcp_runtime::{DynamicTool, Items, Server, tool, tools};
use mcp_testkit::era;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::client::{Call, Client};

/// Is always there.
#[tool(read_only)]
async fn steady() -> &'static str {
    "here"
}

fn passing(number: u32) -> DynamicTool {
    DynamicTool::new(format!("passing_{number}"), json!({ "type": "object" }))
        .description("Comes and goes.")
        .handler(move |_cx, _arguments| async move {
            tokio::time::sleep(Duration::from_millis(3)).await;
            number.to_string()
        })
}

/// A client of one revision: it has a session unless the revision has none.
struct Caller {
    client: Arc<Client>,
    session: Option<String>,
}

impl Caller {
    fn call(&self, method: &str, params: Value) -> Call {
        match &self.session {
            None => Call::modern(method, params),
            Some(session) => Call::legacy(session, method, params),
        }
    }

    fn listen(&self) -> Call {
        match &self.session {
            None => Call::modern(
                "subscriptions/listen",
                json!({ "notifications": { "toolsListChanged": true } }),
            ),
            Some(session) => Call::stream(session),
        }
    }

    async fn send(&self, method: &str, params: Value) -> Value {
        self.client.send(self.call(method, params)).await.message
    }
}

/// Adds and removes tools, each of which is called once in between.
async fn churn(items: Items, caller: Caller) {
    for number in 0..200 {
        items.add_tool(passing(number)).unwrap();
        let name = format!("passing_{number}");
        let params = json!({ "name": name, "arguments": {} });
        let removed = async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            assert!(items.remove_tool(&name));
        };
        let (message, ()) = tokio::join!(caller.send("tools/call", params), removed);
        let text = &message["result"]["content"][0]["text"];
        assert_eq!(
            *text,
            number.to_string(),
            "in flight while it was removed: {message}"
        );
    }
}

/// Lists in pages and calls, until the steady tool has been seen often enough.
async fn load(caller: Caller) {
    for _ in 0..100 {
        let message = caller.send("tools/list", json!({})).await;
        let tools = message["result"]["tools"].as_array().unwrap();
        assert_eq!(tools[0]["name"], "steady", "{message}");
        assert!(tools.len() <= 2, "{message}");
        let params = json!({ "name": "steady", "arguments": {} });
        let message = caller.send("tools/call", params).await;
        assert_eq!(message["result"]["content"][0]["text"], "here", "{message}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_tool_is_added_and_removed_under_load_in_every_revision() {
    let server = Server::new("churn", "1.0.0").tools(tools![steady]);
    let items = server.items();
    let client = Arc::new(Client::new(server));
    let (mut work, mut streams) = (JoinSet::new(), Vec::new());
    for version in era::ALL {
        let session = if version.is_legacy() {
            Some(client.initialize(version.as_str()).await)
        } else {
            None
        };
        let caller = || Caller {
            client: Arc::clone(&client),
            session: session.clone(),
        };
        streams.push((version, client.open(caller().listen()).await.stream()));
        work.spawn(load(caller()));
    }
    let modern = Caller {
        client: Arc::clone(&client),
        session: None,
    };
    work.spawn(churn(items, modern));
    while let Some(done) = work.join_next().await {
        done.unwrap();
    }
    for (version, mut stream) in streams {
        let told = async {
            loop {
                let message = stream.next().await.unwrap();
                if message["method"] == "notifications/tools/list_changed" {
                    return;
                }
            }
        };
        let told = timeout(Duration::from_mins(1), told).await;
        assert!(told.is_ok(), "{version:?} was not told");
    }
}
