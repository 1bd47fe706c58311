//! The bounds on the memory of one request, one session or one caller, in number and in bytes.

use std::net::{IpAddr, SocketAddr};

use mcp_runtime::axum::extract::ConnectInfo;
use mcp_runtime::axum::{Extension, Router};
use mcp_runtime::{Confirm, Context, Limits, Server, ToolError, tool, tools};
use serde_json::{Value, json};

use super::client::{CAPABILITIES, Call, Client};
use super::reply::Answer;
use crate::support::{shelf, tools};

const TASKS: &str = "io.modelcontextprotocol/tasks";

/// A URI of this number of bytes.
fn uri(number: usize, bytes: usize) -> String {
    let begin = format!("shelf://{number}/");
    let rest = "x".repeat(bytes - begin.len());
    begin + &rest
}

fn subscribe(session: &str, uri: &str) -> Call {
    Call::legacy(session, "resources/subscribe", json!({ "uri": uri }))
}

fn listen(notifications: Value) -> Call {
    Call::modern(
        "subscriptions/listen",
        json!({ "notifications": notifications }),
    )
}

/// The same server for callers at these addresses.
fn at<const N: usize>(router: &Router, addresses: [&str; N]) -> [Client; N] {
    addresses.map(|address| {
        let address: IpAddr = address.parse().unwrap();
        let peer = ConnectInfo(SocketAddr::new(address, 1));
        Client::from(router.clone().layer(Extension(peer)))
    })
}

#[track_caller]
fn assert_refused(answer: &Answer, status: u16, code: i64, words: &str) {
    let message = answer.assert_error(status, code);
    assert!(message.contains(words), "{message}");
}

#[tokio::test(start_paused = true)]
async fn an_id_has_at_most_1024_bytes() {
    let client = Client::new(tools::server());
    let session = client.initialize("2025-11-25").await;
    let with = |bytes: usize| json!("x".repeat(bytes - 2));
    for call in [
        Call::legacy(&session, "ping", json!({})),
        Call::tool("add", json!({ "a": 1, "b": 2 })),
    ] {
        let answer = client.send(call.clone().id(with(1_024))).await;
        assert_eq!(answer.message["id"], with(1_024));
        let answer = client.send(call.clone().id(with(1_025))).await;
        assert_refused(
            &answer,
            400,
            -32600,
            "`id` has 1025 bytes, and may have 1024",
        );
        let answer = client.send(call.progress_token(with(1_025))).await;
        assert_refused(&answer, 400, -32602, "`_meta.progressToken` has 1025 bytes");
    }
    let (_, metrics) = client.get("/metrics").await;
    assert!(metrics.contains("mcp_requests_refused_total{limit=\"ids\"} 4"));
}

#[tokio::test(start_paused = true)]
async fn a_uri_has_at_most_8_kib_wherever_a_client_gives_one() {
    let client = Client::new(shelf::server());
    let session = client.initialize("2025-11-25").await;
    let (fits, long) = (uri(0, 8_192), uri(0, 8_193));
    client.send(subscribe(&session, &fits)).await.result();
    let reference = json!({ "type": "ref/resource", "uri": long });
    let argument = json!({ "name": "a", "value": "" });
    let legacy = |method: &str, params: Value| Call::legacy(&session, method, params);
    for call in [
        subscribe(&session, &long),
        legacy("resources/unsubscribe", json!({ "uri": long })),
        legacy("resources/read", json!({ "uri": long })),
        legacy(
            "completion/complete",
            json!({ "ref": reference, "argument": argument }),
        ),
        listen(json!({ "resourceSubscriptions": [long] })),
    ] {
        let answer = client.send(call.clone()).await;
        if answer.message["error"]["code"] == -32601 {
            continue;
        }
        assert_refused(
            &answer,
            200,
            -32602,
            "`uri` has 8193 bytes, and may have 8192",
        );
    }
}

#[tokio::test(start_paused = true)]
async fn capabilities_are_kept_up_to_a_size() {
    let client = Client::new(tools::server());
    let of = |items: usize| json!({ "extensions": { "com.example/x": { "a": vec![0; items] } } });
    let initialize = |capabilities: Value| {
        Call::initialize("2025-11-25").edit(|it| it["params"]["capabilities"] = capabilities)
    };
    let modern = |capabilities: Value| {
        Call::tool("add", json!({ "a": 1, "b": 2 })).meta(CAPABILITIES, capabilities)
    };
    client.send(initialize(of(10))).await.result();
    client.send(modern(of(10))).await.result();
    let experimental = json!({ "experimental": { "x": vec![0; 10_000] } });
    client.send(initialize(experimental)).await.result();
    for call in [initialize(of(1_000)), modern(of(1_000))] {
        let answer = client.send(call).await;
        assert_refused(&answer, 400, -32602, "no more than 16384 bytes");
    }
}

#[tokio::test(start_paused = true)]
async fn the_uris_of_one_subscription_have_at_most_256_kib_together() {
    let client = Client::new(shelf::server());
    let session = client.initialize("2025-11-25").await;
    for number in 0..32 {
        let call = subscribe(&session, &uri(number, 8_192));
        client.send(call).await.result();
    }
    let answer = client.send(subscribe(&session, &uri(32, 100))).await;
    assert_refused(&answer, 200, -32602, "262144 bytes");
    let unsubscribe = json!({ "uri": uri(0, 8_192) });
    client
        .send(Call::legacy(&session, "resources/unsubscribe", unsubscribe))
        .await
        .result();
    let call = subscribe(&session, &uri(32, 8_192));
    client.send(call).await.result();
    let uris: Vec<String> = (0..33).map(|number| uri(number, 8_192)).collect();
    let call = listen(json!({ "resourceSubscriptions": uris }));
    assert_refused(&client.send(call).await, 200, -32602, "262144 bytes");
}

#[tokio::test(start_paused = true)]
async fn subscriptions_of_one_caller_are_bounded_in_bytes_in_all_its_sessions() {
    let router = shelf::server().max_held(256 * 1024).into_router();
    let [one, other] = at(&router, ["192.0.2.1", "192.0.2.2"]);
    for number in 0..7 {
        let session = one.initialize("2025-11-25").await;
        let call = subscribe(&session, &uri(number, 8_192));
        client_ok(&one, call).await;
    }
    let session = one.initialize("2025-11-25").await;
    let refused = one.open(subscribe(&session, &uri(8, 8_192))).await;
    assert_eq!(refused.header("retry-after"), "10");
    let answer = refused.answer().await;
    assert_refused(&answer, 429, -32603, "one caller may hold 65536 bytes");
    let session = other.initialize("2025-11-25").await;
    client_ok(&other, subscribe(&session, &uri(8, 8_192))).await;
}

async fn client_ok(client: &Client, call: Call) {
    client.send(call).await.result();
}

#[tokio::test(start_paused = true)]
async fn one_address_has_a_quarter_of_the_listeners() {
    let router = shelf::server().max_listeners(8).into_router();
    let [one, other] = at(&router, ["192.0.2.1", "192.0.2.2"]);
    let call = || listen(json!({ "resourceSubscriptions": ["shelf://books"] }));
    let first = one.open(call()).await.stream();
    let _second = one.open(call()).await.stream();
    let refused = one.open(call()).await;
    assert_eq!(refused.header("retry-after"), "10");
    let answer = refused.answer().await;
    assert_refused(
        &answer,
        429,
        -32603,
        "too many subscriptions are open: one caller may have 2",
    );
    let _others = other.open(call()).await.stream();
    drop(first);
    let _third = one.open(call()).await.stream();
    let (_, metrics) = one.get("/metrics").await;
    assert!(metrics.contains("mcp_requests_refused_total{limit=\"subscriptions\"} 1"));
}

#[tokio::test(start_paused = true)]
async fn all_callers_together_have_at_most_the_maximum_of_listeners() {
    let router = shelf::server().max_listeners(4).into_router();
    let callers = at(
        &router,
        [
            "192.0.2.1",
            "192.0.2.2",
            "192.0.2.3",
            "192.0.2.4",
            "192.0.2.5",
        ],
    );
    let mut open = Vec::new();
    for caller in &callers[..4] {
        open.push(caller.open(listen(json!({}))).await.stream());
    }
    let answer = callers[4].send(listen(json!({}))).await;
    assert_refused(&answer, 503, -32603, "all callers together may have 4");
}

#[tokio::test(start_paused = true)]
async fn calls_outside_of_sessions_are_bounded_for_one_caller_and_for_all() {
    let (server, _watch) = tools::watched();
    let router = server.limits(Limits::default().calls(8)).into_router();
    let addresses = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"];
    let callers = at(&router, addresses);
    let begin = || Call::tool("hold", json!({})).progress_token(json!(1));
    let mut held = Vec::new();
    for caller in [0, 0, 0, 0, 1, 1, 2, 2] {
        held.push(callers[caller].open(begin()).await.stream());
        if held.len() == 4 {
            let refused = callers[0].open(begin()).await;
            assert_eq!(refused.header("retry-after"), "10");
            assert_refused(
                &refused.answer().await,
                429,
                -32603,
                "too many calls are in flight",
            );
        }
    }
    let refused = callers[3].send(begin()).await;
    assert_refused(&refused, 503, -32603, "all callers together may have 8");
    let (_, metrics) = callers[3].get("/metrics").await;
    assert!(
        metrics.contains("mcp_requests_refused_total{limit=\"calls\"} 2"),
        "{metrics}"
    );
    held.pop();
    held.push(callers[3].open(begin()).await.stream());
}

#[tokio::test(start_paused = true)]
async fn a_session_has_at_most_1024_calls_in_flight_with_or_without_a_client() {
    let (server, _watch) = tools::watched();
    let client = Client::new(server);
    let session = client.initialize("2025-11-25").await;
    let hold =
        || Call::legacy(&session, "tools/call", json!({ "name": "hold" })).progress_token(json!(1));
    for _ in 0..1_024 {
        drop(client.open(hold()).await.stream());
    }
    let refused = client.open(hold()).await;
    assert_eq!(refused.header("retry-after"), "10");
    let answer = refused.answer().await;
    assert_refused(&answer, 429, -32603, "one session may have 1024");
    let cancel = super::client::notification("notifications/cancelled", json!({ "requestId": 1 }));
    let cancel = Call::post(cancel).header("mcp-session-id", &session);
    assert_eq!(client.open(cancel).await.status, 202);
    tokio::task::yield_now().await;
    drop(client.open(hold()).await.stream());
    client.open(Call::delete(&session)).await;
    let session = client.initialize("2025-11-25").await;
    let call = Call::legacy(&session, "ping", json!({}));
    client.send(call).await.result();
}

#[tokio::test(start_paused = true)]
async fn calls_of_one_address_are_bounded_in_bytes_in_all_its_sessions() {
    let (server, _watch) = tools::watched();
    let router = server.max_held(4 * 40 * 1024).into_router();
    let [one, other] = at(&router, ["192.0.2.1", "192.0.2.2"]);
    let hold = async |client: &Client| {
        let session = client.initialize("2025-11-25").await;
        let hold = Call::legacy(&session, "tools/call", json!({ "name": "hold" }));
        client.open(hold.progress_token(json!(1))).await
    };
    drop((hold(&one).await.stream(), hold(&one).await.stream()));
    let answer = hold(&one).await.answer().await;
    assert_refused(&answer, 429, -32603, "one caller may hold 40960 bytes");
    drop(hold(&other).await.stream());
}

/// Waits for the user.
#[tool(task = "optional")]
async fn ask(cx: &Context) -> Result<bool, ToolError> {
    Ok(cx.elicit::<Confirm>("sure", "Sure?").await?.yes())
}

#[tokio::test(start_paused = true)]
async fn one_address_has_a_quarter_of_the_tasks() {
    let server = Server::new("tasks", "1.0.0").tools(tools![ask]);
    let router = server.max_tasks(8).into_router();
    let [one, other] = at(&router, ["192.0.2.1", "192.0.2.2"]);
    let can = json!({ "extensions": { TASKS: {} }, "elicitation": {} });
    let call = || Call::tool("ask", json!({})).meta(CAPABILITIES, can.clone());
    for _ in 0..2 {
        assert_eq!(one.send(call()).await.result()["resultType"], "task");
    }
    let answer = one.send(call()).await;
    assert_refused(
        &answer,
        429,
        -32603,
        "too many tasks are running: one caller may have 2",
    );
    assert_eq!(other.send(call()).await.result()["resultType"], "task");
}

/// Returns a text of the requested size.
#[tool]
async fn say(cx: &Context, bytes: usize) -> String {
    cx.progress(1.0, None, "begun");
    "x".repeat(bytes)
}

#[tokio::test(start_paused = true)]
async fn results_that_one_address_does_not_read_are_bounded_in_bytes() {
    let server = Server::new("says", "1.0.0").tools(tools![say]);
    let router = server.max_held(400_000).into_router();
    let [one, other] = at(&router, ["192.0.2.1", "192.0.2.2"]);
    let say = |bytes: usize| Call::tool("say", json!({ "bytes": bytes }));
    let alone = one.open(say(150_000)).await;
    assert_eq!(alone.status, 200, "one alone may be larger");
    let refused = one.open(say(20_000)).await;
    assert_eq!(refused.header("retry-after"), "10");
    let answer = refused.answer().await;
    assert_refused(&answer, 429, -32603, "too many results wait to be read");
    one.send(say(10_000)).await.result();
    other.send(say(20_000)).await.result();
    assert_eq!(alone.text().await.len() / 10_000, 15);
    one.send(say(20_000)).await.result();
}

#[tokio::test(start_paused = true)]
async fn results_in_event_streams_count_until_they_are_read() {
    let server = Server::new("says", "1.0.0").tools(tools![say]);
    let router = server.max_held(400_000).into_router();
    let [one] = at(&router, ["192.0.2.1"]);
    let session = one.initialize("2025-11-25").await;
    let params = json!({ "name": "say", "arguments": { "bytes": 90_000 } });
    let say = || Call::legacy(&session, "tools/call", params.clone()).progress_token(json!(1));
    let first = one.open(say()).await.stream();
    tokio::task::yield_now().await;
    let second = one.open(say()).await.stream().rest().await;
    let error = &second.last().unwrap()["error"];
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("too many results"),
        "{error}"
    );
    assert!(first.rest().await.last().unwrap()["result"].is_object());
    for _ in 0..5 {
        let read = one.open(say()).await.stream().rest().await;
        assert!(
            read.last().unwrap()["result"].is_object(),
            "what was read is not counted"
        );
    }
}
