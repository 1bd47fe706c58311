//! Borrowed is injected, owned is input.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use mcp_runtime::{Context, Principal, Server, State, server, tool, tools};
use mcp_testkit::{TestClient, era};
use serde_json::json;

#[derive(State)]
struct App {
    name: String,
    hits: Arc<AtomicU32>,
    #[state(skip)]
    limit: u32,
}

/// Borrows fields, the state itself and the call.
#[tool]
async fn mixed(
    name: &String,
    times: u32,
    app: &App,
    cx: &Context,
    who: &Principal,
    hits: &Arc<AtomicU32>,
) -> String {
    let hits = hits.fetch_add(1, Ordering::Relaxed) + 1;
    format!(
        "{name} {times} {} {} {:?} {hits}",
        app.limit,
        cx.version(),
        who.subject()
    )
}

/// Borrows nothing.
#[tool]
async fn nothing() -> &'static str {
    "nothing"
}

/// Runs on the blocking pool with what it borrows.
#[tool(blocking)]
fn blocking(app: &App, cx: &Context) -> String {
    format!("{} {}", app.name, cx.version())
}

/// Reads a header.
#[tool]
async fn header(cx: &Context) -> String {
    format!("{:?}", cx.header("X-Request-Source"))
}

fn server() -> Server<App> {
    let app = App {
        name: "shop".to_owned(),
        hits: Arc::default(),
        limit: 7,
    };
    Server::new("injected", "1.0.0")
        .state(app)
        .tools(tools![mixed, nothing, blocking, header])
}

#[tokio::test(start_paused = true)]
async fn references_are_injected_from_the_state_and_the_call_in_every_revision() {
    for version in era::ALL {
        let client = TestClient::with_version(server(), version).await;
        client
            .call("mixed", json!({ "times": 2 }))
            .await
            .assert_text(format!("shop 2 7 {version} None 1"));
        client
            .call("mixed", json!({ "times": 3 }))
            .await
            .assert_text(format!("shop 3 7 {version} None 2"));
        client
            .call("blocking", json!({}))
            .await
            .assert_text(format!("shop {version}"));
        client
            .call("nothing", json!({}))
            .await
            .assert_text("nothing");
    }
}

#[tokio::test(start_paused = true)]
async fn injected_parameters_are_not_arguments() {
    let client = TestClient::new(server()).await;
    let schema = client.tool("mixed").await["inputSchema"].clone();
    assert_eq!(
        schema["properties"]
            .as_object()
            .unwrap()
            .keys()
            .collect::<Vec<_>>(),
        ["times"]
    );
    client
        .call("mixed", json!({ "times": 1, "name": "evil" }))
        .await
        .assert_ok();
}

#[tokio::test(start_paused = true)]
async fn a_tool_without_headers_sees_none() {
    TestClient::new(server())
        .await
        .call("header", json!({}))
        .await
        .assert_text("None");
}

#[tokio::test(start_paused = true)]
async fn a_tool_sees_the_headers_of_its_http_request() {
    use crate::http::client::{Call, Client};
    let client = Client::new(server());
    let call = Call::tool("header", json!({})).header("x-request-source", "test");
    client.send(call).await.assert_text("Some(\"test\")");
    client
        .send(Call::tool("header", json!({})))
        .await
        .assert_text("None");
}

/// A shop with methods for tools.
#[derive(State)]
struct Shop {
    stock: AtomicU32,
}

/// The shop's catalogue.
#[server(name = "shop", version = "9.9.9")]
impl Shop {
    /// Sells some.
    #[tool]
    async fn sell(&self, #[arg(range = 1..=5)] count: u32, cx: &Context) -> String {
        let left = self.stock.fetch_sub(count, Ordering::Relaxed) - count;
        format!("{left} left, asked in {}", cx.version())
    }

    /// Is not there.
    #[cfg(any())]
    #[tool]
    async fn gone(&self) {}

    /// Borrows itself by name.
    #[tool]
    async fn same(&self, shop: &Self) -> bool {
        std::ptr::eq(self, shop)
    }
}

#[tokio::test(start_paused = true)]
async fn the_state_of_a_method_is_itself() {
    let client = TestClient::new(
        Shop {
            stock: AtomicU32::new(10),
        }
        .into_server(),
    )
    .await;
    client
        .call("sell", json!({ "count": 3 }))
        .await
        .assert_text("7 left, asked in 2026-07-28");
    client
        .call("sell", json!({ "count": 6 }))
        .await
        .assert_error("`count` must be from 1 to 5, was 6");
    client
        .call("sell", json!({ "count": 2 }))
        .await
        .assert_text("5 left, asked in 2026-07-28");
    client.call("same", json!({})).await.assert_text("true");
}

#[tokio::test(start_paused = true)]
async fn a_tool_excluded_by_cfg_is_not_registered() {
    let client = TestClient::new(
        Shop {
            stock: AtomicU32::new(1),
        }
        .into_server(),
    )
    .await;
    let names: Vec<_> = client
        .tools()
        .await
        .iter()
        .map(|tool| tool["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["sell", "same"]);
}

#[tokio::test(start_paused = true)]
async fn a_block_names_its_server_and_its_text_is_the_instructions() {
    let client = TestClient::new(
        Shop {
            stock: AtomicU32::new(1),
        }
        .into_server(),
    )
    .await;
    let discovered = client.request("server/discover", json!({})).await;
    assert_eq!(discovered.result()["instructions"], "The shop's catalogue.");
    let info = &discovered.result()["_meta"]["io.modelcontextprotocol/serverInfo"];
    assert_eq!(info, &json!({ "name": "shop", "version": "9.9.9" }));
}

#[tokio::test]
async fn a_tool_stays_a_function() {
    assert_eq!(nothing().await, "nothing");
    let shop = Shop {
        stock: AtomicU32::new(1),
    };
    assert!(shop.same(&shop).await);
}

#[tokio::test(start_paused = true)]
async fn two_tools_of_one_name_in_two_lists_stop_the_start() {
    let app = App {
        name: String::new(),
        hits: Arc::default(),
        limit: 0,
    };
    let server = Server::new("twice", "1.0.0")
        .state(app)
        .tools(tools![nothing])
        .tools(tools![mixed, nothing]);
    let error = server.check().unwrap_err().to_string();
    assert_eq!(
        error,
        "two tools are called `nothing`; rename one with `name = \"..\"`"
    );
}
