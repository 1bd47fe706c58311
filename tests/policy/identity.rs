//! The identity of a caller: issuer and subject together, and for cached results the grants of its token.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use mcp_runtime::{Confirm, Context, Principal, Server, State, ToolError, tool, tools};
use mcp_testkit::TestClient;
use serde_json::json;

#[derive(State)]
struct App {
    calls: Arc<AtomicU32>,
}

/// Shows more to permitted callers.
#[tool(read_only, cache = "1h")]
async fn show(who: &Principal, calls: &Arc<AtomicU32>) -> String {
    let call = calls.fetch_add(1, Ordering::Relaxed);
    let what = if who.has_scope("pii") {
        "with"
    } else {
        "without"
    };
    format!("{call} {what} pii")
}

/// Once an hour.
#[tool(read_only, rate_limit = "1/h")]
async fn limited() {}

/// Asks.
#[tool]
async fn ask(cx: &Context) -> Result<bool, ToolError> {
    Ok(cx.elicit::<Confirm>("sure", "Sure?").await?.yes())
}

/// Works for ten minutes.
#[tool(task = "required")]
async fn long() -> &'static str {
    tokio::time::sleep(std::time::Duration::from_mins(10)).await;
    "done"
}

async fn start() -> TestClient {
    let app = App {
        calls: Arc::default(),
    };
    let server = Server::new("identity", "1.0.0")
        .state(app)
        .tools(tools![show, limited, ask, long]);
    TestClient::new(server)
        .await
        .capabilities(json!({ "elicitation": {} }))
        .tasks()
}

fn plain(subject: &str) -> Principal {
    Principal::new(subject, [""; 0])
}

/// Callers whose issuers and subjects would be equal if concatenated.
fn strangers() -> Vec<Principal> {
    vec![
        Principal::anonymous(),
        plain("ann"),
        plain("ann").with_issuer(""),
        plain("ann").with_issuer("https://a.example"),
        plain("ann").with_issuer("https://b.example"),
        plain("").with_issuer("ann"),
        plain("b\0c").with_issuer("a"),
        plain("c").with_issuer("a\0b"),
        plain("a b c"),
        plain("a/b").with_issuer("c"),
        plain("b").with_issuer("c/a"),
        plain("anonymous"),
    ]
}

#[tokio::test(start_paused = true)]
async fn callers_of_two_issuers_share_nothing() {
    let client = start().await;
    let confirm = json!({ "sure": { "action": "accept", "content": { "confirm": true } } });
    let mut known: Vec<(String, serde_json::Value)> = Vec::new();
    for (n, who) in strangers().into_iter().enumerate() {
        let client = client.clone().principal(who.clone());
        client
            .call("show", json!({}))
            .await
            .assert_text(format!("{n} without pii"));
        client.call("limited", json!({})).await.assert_ok();
        client
            .call("limited", json!({}))
            .await
            .assert_refused("rate limit");
        for (task, state) in &known {
            let foreign = client.request("tasks/get", json!({ "taskId": task })).await;
            foreign.assert_rpc_error(-32602);
            let round = json!({ "name": "ask", "requestState": state, "inputResponses": confirm });
            let foreign = client.request("tools/call", round).await;
            assert!(
                foreign
                    .response()
                    .to_string()
                    .contains("was made for another caller"),
                "{who:?}"
            );
        }
        let task = client.start("long", json!({})).task().await;
        let first = client.request("tools/call", json!({ "name": "ask" })).await;
        known.push((task.id().to_owned(), first.result()["requestState"].clone()));
        task.get().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_result_behind_a_scope_is_not_cached_for_callers_without_it() {
    let client = start().await;
    let show = async |scopes: &[&str]| {
        let who = Principal::new("ann", scopes.iter().copied());
        let client = client.clone().principal(who);
        client.call("show", json!({})).await.text()
    };
    assert_eq!(show(&["pii"]).await, "0 with pii");
    assert_eq!(show(&[]).await, "1 without pii");
    assert_eq!(show(&["pii"]).await, "0 with pii");
    assert_eq!(show(&[]).await, "1 without pii");
    assert_eq!(show(&["pii,other"]).await, "2 without pii");
    assert_eq!(show(&["pii", "other"]).await, "3 with pii");
}

fn payments(name: &str) -> Server {
    Server::new(name, "1.0.0")
        .tools(tools![ask])
        .state_keys([vec![7; 32]])
}

/// Returns true if one server accepts the state that the other has sealed.
async fn opens(one: Server, other: Server) -> bool {
    let able = json!({ "elicitation": {} });
    let one = TestClient::new(one).await.capabilities(able.clone());
    let other = TestClient::new(other).await.capabilities(able);
    let first = one.call("ask", json!({})).await;
    let answers = json!({ "sure": { "action": "accept", "content": { "confirm": true } } });
    let state = &first.result()["requestState"];
    let params = json!({ "name": "ask", "inputResponses": answers, "requestState": state });
    let second = other.request("tools/call", params).await;
    let response = second.response().to_string();
    assert_eq!(
        response.contains("was not made by this server"),
        second.response().get("error").is_some(),
        "{response}"
    );
    second.response().get("error").is_none()
}

#[tokio::test(start_paused = true)]
async fn servers_with_one_secret_do_not_continue_each_others_calls() {
    let (staging, prod) = (
        || payments("payments-staging"),
        || payments("payments-prod"),
    );
    assert!(opens(prod(), prod()).await, "instances of one server");
    assert!(!opens(staging(), prod()).await);
    assert!(!opens(prod(), staging()).await);
    assert!(
        !opens(
            prod().state_audience("tenant 1"),
            prod().state_audience("tenant 2")
        )
        .await
    );
    assert!(!opens(prod().state_audience("tenant 1"), prod()).await);
    assert!(
        opens(
            staging().state_audience("all"),
            prod().state_audience("all")
        )
        .await
    );
}
