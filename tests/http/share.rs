//! The shares of callers: sessions, and evictions at the maximum.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use mcp_runtime::axum::extract::ConnectInfo;
use mcp_runtime::axum::{Extension, Router};
use mcp_runtime::{Principal, Server};
use serde_json::{Value, json};

use super::client::{Call, Client, notification};
use crate::support::tools::{server, watched};

const MINUTE: Duration = Duration::from_mins(1);

/// One server and several callers of it.
#[derive(Clone)]
struct Callers(Router);

impl Callers {
    fn of<S: Send + Sync + 'static>(server: Server<S>) -> Self {
        Self(server.into_router())
    }

    /// An anonymous caller at this address.
    fn at(&self, address: &str) -> Client {
        let address: IpAddr = address.parse().unwrap();
        let peer = ConnectInfo(SocketAddr::new(address, 1));
        Client::from(self.0.clone().layer(Extension(peer)))
    }

    /// A verified caller.
    fn called(&self, name: &str) -> Client {
        let principal = Principal::new(name, ["all"]);
        Client::from(self.0.clone().layer(Extension(principal)))
    }

    async fn metric(&self, line: &str) -> String {
        let (_, text) = Client::from(self.0.clone()).get("/metrics").await;
        let start = format!("{line} ");
        let found = text.lines().find_map(|line| line.strip_prefix(&start));
        found.unwrap_or_else(|| panic!("no {line}: {text}")).into()
    }
}

async fn ping(client: &Client, session: &str) -> u16 {
    let ping = Call::legacy(session, "ping", json!({}));
    client.send(ping).await.status
}

async fn open(client: &Client) -> String {
    let session = client.initialize("2025-11-25").await;
    let body = notification("notifications/initialized", json!({}));
    let initialized = Call::post(body).header("mcp-session-id", &session);
    assert_eq!(client.open(initialized).await.status, 202);
    session
}

#[tokio::test(start_paused = true)]
async fn sessions_that_were_never_used_are_evicted_first() {
    let client = Client::new(server().max_sessions(10).session_idle(30 * MINUTE));
    let used = open(&client).await;
    let unused = client.initialize("2025-11-25").await;
    for _ in 0..100 {
        tokio::time::advance(Duration::from_millis(1)).await;
        client.initialize("2025-11-25").await;
    }
    assert_eq!(
        (ping(&client, &used).await, ping(&client, &unused).await),
        (200, 404)
    );
    let again = open(&client).await;
    assert_eq!(ping(&client, &again).await, 200, "it starts anew");
}

#[tokio::test(start_paused = true)]
async fn among_used_sessions_the_longest_idle_is_evicted() {
    let client = Client::new(server().max_sessions(3).session_idle(30 * MINUTE));
    let mut sessions = Vec::new();
    for _ in 0..3 {
        sessions.push(open(&client).await);
        tokio::time::advance(MINUTE).await;
    }
    assert_eq!(ping(&client, &sessions[0]).await, 200);
    let newcomer = open(&client).await;
    let mut statuses = Vec::new();
    for session in sessions.iter().chain([&newcomer]) {
        statuses.push(ping(&client, session).await);
    }
    assert_eq!(statuses, [200, 404, 200, 200]);
}

#[tokio::test(start_paused = true)]
async fn a_session_in_use_is_not_evicted_for_the_same_caller() {
    let (server, mut watch) = watched();
    let callers = Callers::of(server.max_sessions(2).session_idle(30 * MINUTE));
    let client = callers.at("192.0.2.1");
    let (streaming, calling) = (open(&client).await, open(&client).await);
    let stream = client.open(Call::stream(&streaming)).await;
    let hold = Call::legacy(&calling, "tools/call", json!({ "name": "hold" }));
    let call = client.open(hold.progress_token(json!(1))).await;
    assert_eq!(watch.next().await, "begun");
    let full = client.open(Call::initialize("2025-11-25")).await;
    assert_eq!(full.header("retry-after"), "10");
    let text = full.answer().await.assert_error(503, -32603).to_owned();
    assert!(text.contains("all 2 are in use"), "{text}");
    let refused = r#"mcp_requests_refused_total{limit="sessions"}"#;
    assert_eq!(callers.metric(refused).await, "1");
    drop((stream, call));
    open(&client).await;
}

#[tokio::test(start_paused = true)]
async fn one_address_keeps_a_quarter_when_others_come_even_if_all_its_sessions_are_in_use() {
    let callers = Callers::of(server().max_sessions(8).session_idle(30 * MINUTE));
    let greedy = callers.at("192.0.2.1");
    let mut streams = Vec::new();
    for _ in 0..8 {
        let session = open(&greedy).await;
        streams.push(greedy.open(Call::stream(&session)).await.stream());
        tokio::time::advance(MINUTE).await;
    }
    let mut others = vec![callers.called("ann"), callers.called("bob")];
    others.extend(["192.0.2.2", "192.0.2.3", "2001:db8::1"].map(|address| callers.at(address)));
    let mut sessions = Vec::new();
    for other in &others {
        sessions.push(open(other).await);
    }
    assert_eq!(streams[0].next().await, None, "its client is told");
    let refused = greedy.send(Call::initialize("2025-11-25")).await;
    refused.assert_error(503, -32603);
    for (other, session) in others.iter().zip(&sessions) {
        assert_eq!(ping(other, session).await, 200);
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_at_its_share_evicts_only_sessions_that_were_idle_for_long() {
    let callers = Callers::of(server().max_sessions(8).session_idle(32 * MINUTE));
    let others = ["ann", "bob", "cyd"].map(|name| callers.called(name));
    let mut sessions = Vec::new();
    for other in others.iter().chain(&others) {
        sessions.push(open(other).await);
        tokio::time::advance(MINUTE).await;
    }
    let busy = callers.called("dan");
    let mut streams = Vec::new();
    for _ in 0..2 {
        let session = open(&busy).await;
        streams.push(busy.open(Call::stream(&session)).await);
    }
    let initialize = || busy.send(Call::initialize("2025-11-25"));
    initialize().await.assert_error(503, -32603);
    tokio::time::advance(2 * MINUTE).await;
    assert_eq!(initialize().await.status, 200);
    assert_eq!(initialize().await.status, 200);
    let mut statuses = Vec::new();
    for (other, session) in others.iter().chain(&others).zip(&sessions) {
        statuses.push(ping(other, session).await);
    }
    assert_eq!(
        statuses,
        [404, 200, 200, 200, 200, 200],
        "then its own gives way"
    );
}

#[tokio::test(start_paused = true)]
async fn a_flood_from_one_address_does_not_evict_the_sessions_of_others() {
    let callers = Callers::of(server().max_sessions(100).session_idle(30 * MINUTE));
    let (ann, nobody) = (callers.called("ann"), callers.at("192.0.2.2"));
    let (used, unused) = (open(&ann).await, nobody.initialize("2025-11-25").await);
    let flood = callers.at("192.0.2.1");
    for _ in 0..500 {
        tokio::time::advance(Duration::from_millis(1)).await;
        open(&flood).await;
    }
    assert_eq!(
        (ping(&ann, &used).await, ping(&nobody, &unused).await),
        (200, 200)
    );
    assert_eq!(callers.metric("mcp_active_sessions").await, "100");
}

#[tokio::test(start_paused = true)]
async fn an_ipv6_address_counts_as_its_network() {
    let callers = Callers::of(server().max_sessions(4).session_idle(30 * MINUTE));
    let ann = open(&callers.called("ann")).await;
    for host in 0..20 {
        tokio::time::advance(Duration::from_millis(1)).await;
        open(&callers.at(&format!("2001:db8::{host}"))).await;
    }
    assert_eq!(ping(&callers.called("ann"), &ann).await, 200);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_session_cancels_its_calls() {
    let (server, mut watch) = watched();
    let client = Client::new(server);
    let session = client.initialize("2025-11-25").await;
    let hold = || Call::legacy(&session, "tools/call", json!({ "name": "hold" }));
    let mut stream = client.open(hold().progress_token(json!(1))).await.stream();
    assert_eq!(watch.next().await, "begun");
    let (left, waiting) = (client.clone(), hold());
    let waiting = tokio::spawn(async move { left.send(waiting).await });
    assert_eq!(watch.next().await, "begun");
    assert_eq!(client.open(Call::delete(&session)).await.status, 204);
    assert_eq!(
        (watch.next().await, watch.next().await),
        ("dropped", "dropped")
    );
    let answer = waiting.await.unwrap();
    assert!(answer.assert_error(404, -32600).contains("initialize"));
    let messages: Vec<Value> = std::iter::once(stream.next().await.unwrap())
        .chain(stream.rest().await)
        .collect();
    assert_eq!(messages.last().unwrap()["error"]["code"], -32600);
}

#[tokio::test(start_paused = true)]
async fn a_session_with_calls_but_without_a_client_ends_when_idle() {
    let (server, mut watch) = watched();
    let client = Client::new(server.max_sessions(10).session_idle(10 * MINUTE));
    let session = client.initialize("2025-11-25").await;
    let hold = Call::legacy(&session, "tools/call", json!({ "name": "hold" }));
    let call = client.open(hold.progress_token(json!(1))).await;
    assert_eq!(watch.next().await, "begun");
    tokio::time::advance(60 * MINUTE).await;
    drop(call);
    tokio::time::advance(9 * MINUTE).await;
    assert_eq!(ping(&client, &session).await, 200, "a client came by");
    tokio::time::sleep(11 * MINUTE).await;
    assert_eq!(watch.next().await, "dropped");
    assert_eq!(ping(&client, &session).await, 404);
}
