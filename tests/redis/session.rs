//! Sessions of clients older than 2026-07-28, on several instances.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::instance::{ANN, Answer, BOB, Events, Instance, keys, message};
use super::server::Redis;
use super::share::pair;

/// The maximum delay of a signal between instances, and of the recovery of an instance.
const SOON: Duration = Duration::from_secs(5);

/// A client with a session.
struct Client {
    session: String,
    version: &'static str,
    key: Option<&'static str>,
}

impl Client {
    /// Opens a session as a client that supports elicitation.
    async fn open(on: &Instance, version: &'static str) -> Self {
        Self::open_as(on, version, None).await
    }

    async fn open_as(on: &Instance, version: &'static str, key: Option<&'static str>) -> Self {
        let params = json!({
            "protocolVersion": version,
            "capabilities": { "elicitation": {} },
            "clientInfo": { "name": "mover", "version": "1" },
        });
        let headers: Vec<_> = key.iter().map(|key| ("x-api-key", *key)).collect();
        let request = on.request(&headers, &request(0, "initialize", params));
        let mut opened = Events::open(on, request).await;
        opened.ended().await;
        let session = opened.header("mcp-session-id").map(str::to_owned);
        let session = session.unwrap_or_else(|| panic!("no session: {}", opened.text()));
        Self {
            session,
            version,
            key,
        }
    }

    fn headers<'a>(&'a self, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let mut headers = vec![
            ("mcp-session-id", &*self.session),
            ("mcp-protocol-version", self.version),
        ];
        headers.extend(self.key.map(|key| ("x-api-key", key)));
        headers.extend(more);
        headers
    }

    async fn post(&self, on: &Instance, body: &Value) -> Answer {
        on.post(&self.headers(&[]), body).await
    }

    /// Sends a request; returns its response.
    async fn request(&self, on: &Instance, method: &str, params: Value) -> Value {
        let (status, body) = self.post(on, &request(1, method, params)).await;
        assert_eq!(status, 200, "{body}");
        message(&body)
    }

    /// Calls a tool; returns its text, if any.
    async fn call(&self, on: &Instance, tool: &str, arguments: Value) -> String {
        let params = json!({ "name": tool, "arguments": arguments });
        let answer = self.request(on, "tools/call", params).await;
        let content = &answer["result"]["content"];
        assert!(content.is_array(), "{answer}");
        content[0]["text"].as_str().unwrap_or_default().to_owned()
    }

    /// Begins a call whose response is a stream.
    async fn begin(&self, on: &Instance, id: u32, tool: &str, arguments: Value) -> Events {
        let params = json!({
            "name": tool, "arguments": arguments, "_meta": { "progressToken": format!("p{id}") },
        });
        let body = request(id, "tools/call", params);
        Events::open(on, on.request(&self.headers(&[]), &body)).await
    }

    /// Opens a stream: the session's own, or one from an event on.
    async fn listen(&self, on: &Instance, after: Option<&str>) -> Events {
        let mut more = vec![("accept", "text/event-stream")];
        more.extend(after.map(|id| ("last-event-id", id)));
        let mut head = format!(
            "GET /mcp HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n",
            on.address
        );
        for (name, value) in self.headers(&more) {
            head.extend([name, ": ", value, "\r\n"]);
        }
        Events::open(on, format!("{head}\r\n").into_bytes()).await
    }

    async fn delete(&self, on: &Instance) -> u16 {
        let mut head = format!(
            "DELETE /mcp HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n",
            on.address
        );
        for (name, value) in self.headers(&[]) {
            head.extend([name, ": ", value, "\r\n"]);
        }
        let mut ended = Events::open(on, format!("{head}\r\n").into_bytes()).await;
        ended.ended().await;
        ended.status()
    }

    /// Waits until a request to an instance has this status.
    async fn until(&self, on: &Instance, status: u16) {
        let begun = Instant::now();
        loop {
            let (now, body) = self.post(on, &request(9, "ping", json!({}))).await;
            if now == status {
                return;
            }
            assert!(begun.elapsed() < SOON, "{now}, not {status}: {body}");
            sleep(Duration::from_millis(50)).await;
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "callers write them in place")]
fn request(id: u32, method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

/// The ids of the events of a stream with data, and the data.
fn events(text: &str) -> Vec<(String, Value)> {
    let mut events = Vec::new();
    let mut id = String::new();
    for line in text.lines() {
        if let Some(value) = line.strip_prefix("id: ") {
            value.clone_into(&mut id);
        } else if let Some(Ok(data)) = line.strip_prefix("data:").map(serde_json::from_str) {
            events.push((id.clone(), data));
        }
    }
    events
}

/// The id of the last event.
fn last(events: &Events) -> String {
    let text = events.text();
    let id = text
        .lines()
        .filter_map(|line| line.strip_prefix("id: "))
        .next_back();
    id.unwrap_or_else(|| panic!("no event: {text}")).to_owned()
}

/// Opens a session on one instance, and uses it on the other.
pub(crate) async fn moves_between(one: &Instance, other: &Instance) {
    let client = Client::open(one, "2025-06-18").await;
    client.until(other, 200).await;
}

/// The input request at the end of a stream.
async fn question(stream: &mut Events) -> Value {
    stream.until("elicitation/create").await;
    let asked = events(stream.text());
    let asked = asked
        .iter()
        .find(|(_, it)| it["method"] == "elicitation/create");
    asked.unwrap().1.clone()
}

fn yes(question: &Value) -> Value {
    let result = json!({ "action": "accept", "content": { "confirm": true } });
    json!({ "jsonrpc": "2.0", "id": question["id"], "result": result })
}

#[tokio::test(flavor = "multi_thread")]
async fn t11_a_session_opened_on_one_instance_works_on_every_other_and_ends_on_all() {
    let redis = Redis::start();
    sessions_move(pair(&redis.url())).await;
}

/// Opens a session on one instance, uses it on the other, and ends it there.
pub(crate) async fn sessions_move([a, b]: [Instance; 2]) {
    let client = Client::open(&a, "2025-06-18").await;
    let listed = client.request(&b, "tools/list", json!({})).await;
    assert!(listed["result"]["tools"][0].is_object(), "{listed}");
    let about = client.call(&b, "about", json!({})).await;
    assert_eq!(about, "2025-06-18 mover elicits=true");

    let level = json!({ "level": "debug" });
    client.request(&b, "logging/setLevel", level).await;
    // A message brings the level to A, later than the response of B.
    let in_force = async {
        for id in 2.. {
            let mut said = client.begin(&a, id, "chatty", json!({})).await;
            if said.ended().await.contains("a detail") {
                return;
            }
        }
    };
    let in_force = timeout(SOON, in_force).await;
    assert_eq!(in_force, Ok(()), "the level of B is in force on A");

    let ended = client.delete(&b).await;
    assert_eq!(ended, 204);
    for on in [&a, &b] {
        client.until(on, 404).await;
        assert_eq!(client.delete(on).await, 404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn t11_a_subscription_on_one_instance_is_notified_on_the_instance_where_the_client_listens() {
    let redis = Redis::start();
    let [a, b] = pair(&redis.url());
    let client = Client::open(&a, "2025-11-25").await;
    let mut here = client.listen(&a, None).await;
    client
        .request(&b, "resources/subscribe", json!({ "uri": "note://a" }))
        .await;
    client.call(&b, "touch", json!({ "uri": "note://a" })).await;
    here.until("resources/updated").await;

    let mut there = client.listen(&b, None).await;
    here.ended().await;
    client.call(&a, "touch", json!({ "uri": "note://a" })).await;
    there.until("resources/updated").await;
    let gone = json!({ "uri": "note://a" });
    client.request(&a, "resources/unsubscribe", gone).await;
    sleep(Duration::from_millis(300)).await;
    let before = there.text().matches("resources/updated").count();
    client.call(&a, "touch", json!({ "uri": "note://a" })).await;
    sleep(Duration::from_millis(500)).await;
    client.call(&b, "touch", json!({ "uri": "note://a" })).await;
    sleep(Duration::from_millis(500)).await;
    assert_eq!(there.text().matches("resources/updated").count(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn t11_a_session_is_accessible_to_its_owner_only_on_every_instance() {
    let redis = Redis::start();
    let [a, b] = [(); 2].map(|()| Instance::with(&redis.url(), &[("INSTANCE_KEYS", &keys())]));
    let ann = Client::open_as(&a, "2025-06-18", Some(ANN)).await;
    let thief = Client {
        session: ann.session.clone(),
        version: ann.version,
        key: Some(BOB),
    };
    for on in [&b, &a, &b] {
        thief.until(on, 404).await;
        assert_eq!(thief.delete(on).await, 404);
        ann.until(on, 200).await;
    }
    let keys = redis.command(&["KEYS", "*"]);
    assert!(keys.contains("session:"), "{keys}");
    assert!(!keys.contains(&ann.session), "an id is not in the store");
}

#[tokio::test(flavor = "multi_thread")]
async fn t12_the_stream_of_a_call_is_resumed_on_another_instance_and_continues_there() {
    let redis = Redis::start();
    streams_move(pair(&redis.url())).await;
}

/// Resumes the stream of a call on the other instance.
pub(crate) async fn streams_move([a, b]: [Instance; 2]) {
    let client = Client::open(&a, "2025-11-25").await;
    let mut first = client.begin(&a, 7, "steps", json!({ "steps": 12 })).await;
    first.until("step 3").await;
    let seen = events(first.text());
    let id = last(&first);
    drop(first);
    let mut second = client.listen(&b, Some(&id)).await;
    let rest = events(second.ended().await);
    let both: Vec<_> = seen.iter().chain(&rest).collect();
    let steps: Vec<_> = both
        .iter()
        .filter_map(|(_, it)| it["params"]["progress"].as_u64())
        .collect();
    assert_eq!(steps, (1..=12).collect::<Vec<_>>(), "each once, in order");
    let (id, answer) = both.last().unwrap();
    assert_eq!(
        answer["result"]["content"][0]["text"], "arrived",
        "{answer}"
    );
    let mut third = client.listen(&a, Some(&id.replace(".13", ".11"))).await;
    assert_eq!(
        events(third.ended().await).len(),
        2,
        "and again where it was"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn t12_the_stored_events_of_a_killed_instance_are_read_on_another_and_its_session_survives() {
    let redis = Redis::start();
    let [mut a, b] = pair(&redis.url());
    let client = Client::open(&a, "2025-11-25").await;
    client
        .request(&a, "resources/subscribe", json!({ "uri": "note://a" }))
        .await;
    let mut own = client.listen(&a, None).await;
    own.until("id: ").await;
    let mut call = client.begin(&a, 7, "steps", json!({ "steps": 1000 })).await;
    call.until("step 2").await;
    let (own_id, call_id) = (last(&own), events(call.text())[0].0.clone());
    sleep(Duration::from_millis(500)).await;
    a.kill();
    b.call("touch", json!({ "uri": "note://a" })).await;
    let mut own = client.listen(&b, Some(&own_id)).await;
    own.until("resources/updated").await;
    client
        .call(&b, "touch", json!({ "uri": "note://a/b" }))
        .await;
    own.until("note://a/b").await;

    let mut call = client.listen(&b, Some(&call_id)).await;
    call.until("step 2").await;
    call.until("step 3").await;
    assert!(
        !call.has("step 1"),
        "what was read before does not come again"
    );
    assert_eq!(client.call(&b, "free", json!({})).await, "free");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_stops_leaves_the_answers_of_its_calls_and_its_changes_to_the_others() {
    let redis = Redis::start();
    let [mut a, b] = pair(&redis.url());
    let client = Client::open(&a, "2025-11-25").await;
    let watched = json!({ "uri": "note://a" });
    client.request(&b, "resources/subscribe", watched).await;
    let mut own = client.listen(&b, None).await;
    own.until("id: ").await;
    let mut left = Vec::new();
    for id in 1..=8 {
        let mut call = client.begin(&a, id, "steps", json!({ "steps": 6 })).await;
        call.until("step 1").await;
        left.push(last(&call));
    }
    client.call(&a, "touch", json!({ "uri": "note://a" })).await;
    a.signal(Signal::TERM);
    a.process.wait().unwrap();
    own.until("note://a").await;
    for id in left {
        let mut rest = client.listen(&b, Some(&id)).await;
        let rest = events(rest.ended().await);
        let (_, answer) = rest.last().unwrap();
        assert_eq!(
            answer["result"]["content"][0]["text"], "arrived",
            "{answer}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn t13_a_session_that_no_store_knows_is_404_and_never_400_or_503() {
    let redis = Redis::start();
    let [a, b] = pair(&redis.url());
    let known = Client::open(&a, "2025-06-18").await;
    for session in ["0123456789abcdef0123456789abcdef", "x", "{}", "a b"] {
        let unknown = Client {
            session: session.to_owned(),
            version: known.version,
            key: None,
        };
        for on in [&a, &b] {
            let (status, body) = unknown.post(on, &request(1, "ping", json!({}))).await;
            assert_eq!(status, 404, "{body}");
            assert_eq!(unknown.delete(on).await, 404);
            assert_eq!(unknown.listen(on, None).await.status(), 404);
        }
    }
    let listened = known.listen(&b, Some("nothing")).await.status();
    assert_eq!(
        listened, 400,
        "404 would be taken for the end of the session"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn t13_an_unused_session_ends_and_one_used_on_any_instance_does_not() {
    let redis = Redis::start();
    let idle = [("INSTANCE_IDLE_MS", "2000")];
    let [a, b] = [(); 2].map(|()| Instance::with(&redis.url(), &idle));
    let [used, unused] = [
        Client::open(&a, "2025-06-18").await,
        Client::open(&a, "2025-06-18").await,
    ];
    for _ in 0..10 {
        used.until(&b, 200).await;
        sleep(Duration::from_millis(400)).await;
    }
    used.until(&a, 200).await;
    unused.until(&b, 404).await;
    unused.until(&a, 404).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t15_a_request_of_one_instance_is_answered_on_another_and_the_call_continues() {
    let redis = Redis::start();
    questions_are_answered(pair(&redis.url())).await;
}

/// Answers the question of one instance at the other.
pub(crate) async fn questions_are_answered([a, b]: [Instance; 2]) {
    for version in ["2025-06-18", "2025-11-25"] {
        let client = Client::open(&a, version).await;
        let mut call = client.begin(&a, 7, "ask", json!({})).await;
        let question = question(&mut call).await;
        let (status, body) = client.post(&b, &yes(&question)).await;
        assert_eq!(status, 202, "{body}");
        let answer = events(call.ended().await).pop().unwrap().1;
        assert_eq!(answer["result"]["content"][0]["text"], "sure", "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn t15_a_request_is_read_and_answered_on_another_instance_after_its_connection_was_lost() {
    let redis = Redis::start();
    let [a, b] = pair(&redis.url());
    let client = Client::open(&b, "2025-11-25").await;
    let mut call = client.begin(&a, 7, "ask", json!({})).await;
    call.until("id: ").await;
    let first = call
        .text()
        .lines()
        .find_map(|line| line.strip_prefix("id: "));
    let first = first.unwrap().to_owned();
    drop(call);
    let mut call = client.listen(&b, Some(&first)).await;
    let question = question(&mut call).await;
    client.post(&b, &yes(&question)).await;
    let answer = events(call.ended().await).pop().unwrap().1;
    assert_eq!(answer["result"]["content"][0]["text"], "sure", "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn t15_a_refusal_and_a_malformed_response_reach_the_requesting_instance() {
    let redis = Redis::start();
    let [a, b] = pair(&redis.url());
    let client = Client::open(&a, "2025-06-18").await;
    let refusals = [
        json!({ "error": { "code": -1, "message": "not today" } }),
        json!({ "result": {}, "error": {} }),
    ];
    for refusal in refusals {
        let mut call = client.begin(&a, 7, "ask", json!({})).await;
        let question = question(&mut call).await;
        let mut response = json!({ "jsonrpc": "2.0", "id": question["id"] });
        for (name, value) in refusal.as_object().unwrap() {
            response[name] = value.clone();
        }
        client.post(&b, &response).await;
        let answer = events(call.ended().await).pop().unwrap().1;
        assert_eq!(answer["result"]["isError"], true, "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn t15_a_call_is_cancelled_from_another_instance() {
    let redis = Redis::start();
    calls_are_cancelled(pair(&redis.url())).await;
}

/// Cancels a call on one instance at the other.
pub(crate) async fn calls_are_cancelled([a, b]: [Instance; 2]) {
    let client = Client::open(&a, "2025-06-18").await;
    client
        .request(
            &b,
            "resources/subscribe",
            json!({ "uri": "note://cancelled" }),
        )
        .await;
    let mut own = client.listen(&b, None).await;
    let mut call = client.begin(&a, 7, "forever", json!({})).await;
    call.until("begun").await;
    for id in [8, 7] {
        let params = json!({ "requestId": id });
        let cancel =
            json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params });
        let (status, _) = client.post(&b, &cancel).await;
        assert_eq!(status, 202);
    }
    own.until("note://cancelled").await;
    assert!(!call.ended().await.contains("result"), "it has no answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_known_sessions_continue_new_ones_open_and_all_are_shared_again_afterwards() {
    let mut redis = Redis::start();
    let [a, b] = pair(&redis.url());
    let known = Client::open(&a, "2025-06-18").await;
    let both = Client::open(&a, "2025-06-18").await;
    both.until(&b, 200).await;
    redis.kill();
    for on in [&a, &b] {
        on.until("mcp_store_up", 0.0, SOON).await;
    }
    known.until(&a, 200).await;
    both.until(&a, 200).await;
    both.until(&b, 200).await;
    let mut refused = known.listen(&b, None).await;
    assert_eq!(refused.status(), 503, "404 would end it");
    assert!(refused.header("retry-after").is_some());
    refused.ended().await;
    let new = Client::open(&b, "2025-06-18").await;
    new.until(&b, 200).await;
    let (_, health) = a.get("/health").await;
    assert!(health.contains("degraded"), "{health}");

    redis.restart();
    let begun = Instant::now();
    for on in [&a, &b] {
        on.until("mcp_store_up", 1.0, SOON).await;
    }
    for (client, home, other) in [(&known, &a, &b), (&new, &b, &a), (&both, &a, &b)] {
        // The store has no record of it until it is used on its own instance.
        client.until(home, 200).await;
        client.until(other, 200).await;
    }
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    assert_eq!(known.delete(&b).await, 204);
    known.until(&a, 404).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_whose_client_only_listens_is_stored_again_after_redis_was_emptied() {
    let mut redis = Redis::start();
    let [a, b] = pair(&redis.url());
    let client = Client::open(&a, "2025-11-25").await;
    let mut own = client.listen(&a, None).await;
    own.until("id: ").await;
    redis.kill();
    a.until("mcp_store_up", 0.0, SOON).await;
    redis.restart();
    b.until("mcp_store_up", 1.0, SOON).await;
    // The session is checked every 5 s.
    let begun = Instant::now();
    while client.post(&b, &request(1, "ping", json!({}))).await.0 != 200 {
        assert!(begun.elapsed() < 2 * SOON);
        sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_while_redis_is_unavailable_has_ended_everywhere_afterwards() {
    let mut redis = Redis::start();
    let [a, b] = pair(&redis.url());
    let client = Client::open(&a, "2025-06-18").await;
    client.until(&b, 200).await;
    redis.kill();
    a.until("mcp_store_up", 0.0, SOON).await;
    assert_eq!(client.delete(&a).await, 204);
    redis.restart();
    a.until("mcp_store_up", 1.0, SOON).await;
    client.until(&b, 404).await;
    client.until(&a, 404).await;
}

/// Returns the number of commands that Redis has carried out for sessions: scripts, expiries, signals and streams.
fn commands(redis: &Redis) -> usize {
    let text = redis.command(&["INFO", "commandstats"]);
    let of = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let calls = line.and_then(|line| line.split(',').next());
        calls.map_or(0, |calls| calls.parse().unwrap())
    };
    of("cmdstat_pexpire:calls=") + of("cmdstat_xadd:calls=") + of("cmdstat_hgetall:calls=")
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_in_a_known_session_send_no_commands() {
    let redis = Redis::start();
    let [a, b] = pair(&redis.url());
    let client = Client::open(&a, "2025-06-18").await;
    client.until(&b, 200).await;
    // Each heartbeat of an instance sets an expiry, too.
    let before = commands(&redis);
    let begun = Instant::now();
    for _ in 0..100 {
        client.call(&a, "free", json!({})).await;
        client.call(&b, "free", json!({})).await;
    }
    let sent = commands(&redis) - before;
    let beats = 2 + 4 * usize::try_from(begun.elapsed().as_secs() / 5 + 1).unwrap();
    assert!(sent <= beats, "{sent} commands for 200 calls");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_at_its_maximum_of_sessions_evicts_its_own_and_none_of_another() {
    let redis = Redis::start();
    let most = [("INSTANCE_SESSIONS", "2")];
    let [a, b, c] = [(); 3].map(|()| Instance::with(&redis.url(), &most));
    let mut clients = Vec::new();
    for home in [&a, &a, &b, &b, &c] {
        clients.push((Client::open(home, "2025-06-18").await, home));
    }
    for _ in 0..2 {
        for (client, home) in &clients {
            client.until(&b, 200).await;
            client.until(home, 200).await;
        }
    }
    Client::open(&a, "2025-06-18").await;
    let (ended, _) = clients.remove(0);
    for on in [&a, &b, &c] {
        ended.until(on, 404).await;
    }
    for (client, _) in &clients {
        client.until(&c, 200).await;
    }
}
