//! `cache`: the cached results, the callers that share them, and the calls that compute them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mcp_runtime::store::{
    CacheStore, Cached, Changes, Feed, Incoming, MemoryCache, PutCached, StoreFuture, Stores,
};
use mcp_runtime::{
    Capability, Content, Context, Principal, Server, State, ToolError, ToolResult, tool, tools,
};
use mcp_testkit::{TestClient, Version, era};
use serde_json::{Value, json};
use tokio::sync::broadcast;

use crate::support::gate::{Gate, settle, somebody};

#[derive(State)]
struct App {
    gate: Arc<Gate>,
}

/// The how-manieth look it was.
#[tool(read_only, cache(ttl = "30s", max_entries = 3))]
fn look(gate: &Arc<Gate>, at: Option<Value>, times: Option<u32>) -> u32 {
    let _ = (at, times);
    gate.come()
}

/// The same for everybody.
#[tool(read_only, cache(ttl = "30s", per = "all"))]
fn share(gate: &Arc<Gate>) -> u32 {
    gate.come()
}

/// Looks for as long as the gate is closed.
#[tool(read_only, cache = "30s")]
async fn stare(gate: &Arc<Gate>) -> u32 {
    gate.pass().await
}

/// Fails at the odd times.
#[tool(read_only, cache = "30s")]
async fn flicker(gate: &Arc<Gate>) -> Result<u32, String> {
    match gate.pass().await {
        odd if odd % 2 == 1 => Err(format!("failure {odd}")),
        even => Ok(even),
    }
}

/// Needs a client that samples.
#[tool(read_only, cache(ttl = "30s", per = "principal"))]
async fn sample(gate: &Arc<Gate>, cx: &Context) -> Result<u32, ToolError> {
    let number = gate.pass().await;
    cx.require(Capability::Sampling)?;
    Ok(number)
}

/// Returns a text of the requested size.
#[tool(read_only, cache = "1h")]
fn large(gate: &Arc<Gate>, bytes: usize, key: String) -> String {
    let _ = (key, gate.come());
    "x".repeat(bytes)
}

/// Blocks of several kinds, and structured content that is no object.
fn blocks() -> ToolResult {
    ToolResult::text("\"a\"\n\u{1}é")
        .with(Content::resource_link("shop://items/1", "item"))
        .with(Content::audio([1, 2], "audio/wav"))
        .structured(&[1, 2])
        .unwrap()
        .meta("example/a", 1)
}

/// Made once.
#[tool(read_only, cache = "30s")]
fn kept() -> ToolResult {
    blocks()
}

/// Made once, and measured.
#[tool(read_only, cache = "30s", max_output = "1KiB")]
fn measured() -> ToolResult {
    blocks()
}

/// Made at each call.
#[tool(read_only)]
fn made() -> ToolResult {
    blocks()
}

#[tokio::test(start_paused = true)]
async fn a_cached_result_equals_a_computed_one_in_every_revision() {
    for version in era::ALL {
        let server = Server::new("kept", "1.0.0").tools(tools![kept, measured, made]);
        let client = TestClient::with_version(server, version).await;
        let made = client.call("made", json!({})).await;
        for name in ["kept", "kept", "measured", "measured"] {
            let kept = client.call(name, json!({})).await;
            assert_eq!(kept.result(), made.result(), "{name} in {version:?}");
        }
    }
}

async fn start(version: Version) -> (TestClient, Arc<Gate>) {
    let gate = Gate::new();
    let server = Server::new("cache", "1.0.0")
        .state(App {
            gate: Arc::clone(&gate),
        })
        .tools(tools![look, share, stare, flicker, sample]);
    (TestClient::with_version(server, version).await, gate)
}

#[tokio::test(start_paused = true)]
async fn a_result_is_cached_for_its_ttl() {
    for version in era::ALL {
        let (client, gate) = start(version).await;
        for _ in 0..3 {
            client
                .call("look", json!({"at": "a"}))
                .await
                .assert_text("1");
            tokio::time::advance(Duration::from_millis(9_999)).await;
        }
        tokio::time::advance(Duration::from_millis(3)).await;
        client
            .call("look", json!({"at": "a"}))
            .await
            .assert_text("2");
        assert_eq!(gate.count(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn equal_arguments_share_a_result_however_they_are_written() {
    let (client, _gate) = start(Version::LATEST).await;
    client
        .call("look", json!({"at": {"x": 1, "y": [1, 2]}, "times": 2}))
        .await
        .assert_text("1");
    let mut lines = client.lines();
    for arguments in [
        r#"{ "times" : 2, "at" : { "y" : [1,2], "x" : 1 } }"#,
        r#"{"\u0061t": {"y": [1, 2], "x": 1}, "times": 2}"#,
    ] {
        assert_eq!(
            raw(&client, &mut lines, arguments).await,
            "1",
            "{arguments}"
        );
    }
    assert_eq!(
        raw(
            &client,
            &mut lines,
            r#"{"at": {"x": 1, "y": [2, 1]}, "times": 2}"#
        )
        .await,
        "2"
    );
    assert_eq!(raw(&client, &mut lines, r#"{"times": null}"#).await, "3");
    assert_eq!(
        raw(&client, &mut lines, "{}").await,
        "3",
        "null is the same as nothing"
    );
}

async fn raw(_: &TestClient, lines: &mut mcp_testkit::Lines<'_>, arguments: &str) -> String {
    lines.send(
        format!(
            r#"{{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{{"name":"look","arguments":{arguments},
            "_meta":{{"io.modelcontextprotocol/protocolVersion":"2026-07-28",
            "io.modelcontextprotocol/clientCapabilities":{{}}}}}}}}"#
        )
        .replace('\n', ""),
    );
    let reply = lines.next().await.unwrap();
    reply["result"]["content"][0]["text"]
        .as_str()
        .unwrap_or_else(|| panic!("{reply:#}"))
        .to_owned()
}

#[tokio::test(start_paused = true)]
async fn principals_do_not_see_each_others_results_unless_they_are_shared() {
    for version in era::ALL {
        let (client, _gate) = start(version).await;
        client.call("look", json!({})).await.assert_text("1");
        client
            .clone()
            .principal(somebody("ann"))
            .call("look", json!({}))
            .await
            .assert_text("2");
        client
            .clone()
            .principal(somebody("ben"))
            .call("look", json!({}))
            .await
            .assert_text("3");
        client
            .clone()
            .principal(somebody("ann"))
            .call("look", json!({}))
            .await
            .assert_text("2");
        client.call("share", json!({})).await.assert_text("4");
        client
            .clone()
            .principal(somebody("ben"))
            .call("share", json!({}))
            .await
            .assert_text("4");
    }
}

#[tokio::test(start_paused = true)]
async fn the_oldest_entry_is_evicted_at_the_maximum() {
    let (client, gate) = start(Version::LATEST).await;
    for at in 1..=4 {
        client
            .call("look", json!({"at": at}))
            .await
            .assert_text(at.to_string());
    }
    for at in 2..=4 {
        client
            .call("look", json!({"at": at}))
            .await
            .assert_text(at.to_string());
    }
    client.call("look", json!({"at": 1})).await.assert_text("5");
    assert_eq!(gate.count(), 5);
}

#[tokio::test(start_paused = true)]
async fn concurrent_equal_calls_run_once() {
    for version in era::ALL {
        let (client, gate) = start(version).await;
        let calls: Vec<_> = (0..5).map(|_| client.start("stare", json!({}))).collect();
        gate.arrivals(1).await;
        settle().await;
        gate.open(1);
        for call in calls {
            call.reply().await.assert_text("1");
        }
        assert_eq!(gate.count(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn when_the_running_call_is_cancelled_the_next_waiter_runs() {
    for version in era::ALL {
        let (client, gate) = start(version).await;
        let first = client.start("stare", json!({}));
        gate.arrivals(1).await;
        let (second, third) = (
            client.start("stare", json!({})),
            client.start("stare", json!({})),
        );
        settle().await;
        assert_eq!(gate.count(), 1);
        first.cancel();
        gate.arrivals(1).await;
        gate.open(1);
        second.reply().await.assert_text("2");
        third.reply().await.assert_text("2");
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_goes_to_the_waiters_and_is_not_cached() {
    for version in era::ALL {
        let (client, gate) = start(version).await;
        let (one, two) = (
            client.start("flicker", json!({})),
            client.start("flicker", json!({})),
        );
        gate.arrivals(1).await;
        settle().await;
        gate.open(2);
        one.reply().await.assert_error("failure 1");
        two.reply().await.assert_error("failure 1");
        client.call("flicker", json!({})).await.assert_text("2");
        client.call("flicker", json!({})).await.assert_text("2");
    }
}

#[tokio::test(start_paused = true)]
async fn a_missing_capability_of_one_client_is_not_cached_for_others() {
    let (client, gate) = start(Version::LATEST).await;
    let meta = |capabilities: Value| {
        json!({
            "name": "sample",
            "_meta": { "io.modelcontextprotocol/clientCapabilities": capabilities },
        })
    };
    let unable = client.send("tools/call", meta(json!({})));
    gate.arrivals(1).await;
    let able = client.send("tools/call", meta(json!({"sampling": {}})));
    settle().await;
    gate.open(2);
    unable.reply().await.assert_rpc_error(-32021);
    able.reply().await.assert_text("2");
}

#[tokio::test(start_paused = true)]
async fn invalid_arguments_get_their_error_every_time() {
    let (client, gate) = start(Version::LATEST).await;
    for _ in 0..2 {
        client
            .call("look", json!({"times": "many"}))
            .await
            .assert_error("`times` must be an integer");
    }
    assert_eq!(gate.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn results_are_bounded_in_bytes_and_the_oldest_are_evicted() {
    let gate = Gate::new();
    let app = App {
        gate: Arc::clone(&gate),
    };
    let server = Server::new("cache", "1.0.0")
        .state(app)
        .tools(tools![large]);
    let client = TestClient::new(server.max_held(160_000)).await;
    let call = async |bytes: usize, key: &str| {
        let arguments = json!({ "bytes": bytes, "key": key });
        client.call("large", arguments).await.assert_ok();
        gate.count()
    };
    for key in ["a", "b", "c"] {
        call(10_000, key).await;
    }
    assert_eq!(call(10_000, "a").await, 3, "three fit into a quarter of it");
    assert_eq!(call(10_000, "d").await, 4);
    assert_eq!(call(10_000, "c").await, 4);
    assert_eq!(call(10_000, "a").await, 5, "the oldest was forgotten");
    assert_eq!(call(50_000, "e").await, 6);
    assert_eq!(call(50_000, "e").await, 7, "too large to be remembered");
    assert_eq!(call(10_000, "d").await, 7, "and takes nothing from others");
    let long = "k".repeat(100_000);
    assert_eq!(call(10, &long).await, 8);
    assert_eq!(call(10, &long).await, 8, "arguments take no room");
}

/// Forgets what the tools called so have remembered.
#[tool]
fn clear(cx: &Context, name: String) {
    cx.forget(&name);
}

/// What two instances share: messages, and results unless they are away.
#[derive(Clone, Debug)]
struct Shared {
    messages: broadcast::Sender<Vec<u8>>,
    results: Arc<MemoryCache>,
    is_away: Arc<AtomicBool>,
}

impl Shared {
    fn new() -> Self {
        Self {
            messages: broadcast::Sender::new(64),
            results: Arc::new(MemoryCache::new(1 << 22)),
            is_away: Arc::default(),
        }
    }

    fn set_away(&self, is_away: bool) {
        self.is_away.store(is_away, Ordering::SeqCst);
    }

    fn check(&self) {
        assert!(!self.is_away.load(Ordering::SeqCst), "a bug in the store");
    }

    /// Starts an instance.
    async fn instance(&self) -> (TestClient, Arc<Gate>) {
        let gate = Gate::new();
        let state = App {
            gate: Arc::clone(&gate),
        };
        let stores = Stores::default().changes(self.clone()).cache(self.clone());
        let server = Server::new("cache", "1.0.0")
            .state(state)
            .tools(tools![look, share, stare, flicker, large, clear])
            .stores(stores);
        (TestClient::new(server).await, gate)
    }
}

impl Changes for Shared {
    fn publish(&self, message: Vec<u8>) -> StoreFuture<'_, ()> {
        let _ = self.messages.send(message);
        Box::pin(std::future::ready(Ok(())))
    }

    fn subscribe(&self) -> Feed<Incoming> {
        Feed::new(self.messages.subscribe(), async |mut messages| {
            let message = messages.recv().await.ok()?;
            Some((Incoming::Message(message), messages))
        })
    }
}

impl CacheStore for Shared {
    fn get<'a>(&'a self, group: &'a str, key: &'a str) -> StoreFuture<'a, Cached> {
        self.check();
        self.results.get(group, key)
    }

    fn put<'a>(&'a self, value: PutCached<'a>) -> StoreFuture<'a, ()> {
        self.check();
        assert!(value.value.len() <= 1 << 20, "a result that is too large");
        self.results.put(value)
    }

    fn forget<'a>(&'a self, group: &'a str) -> StoreFuture<'a, ()> {
        self.check();
        self.results.forget(group)
    }
}

#[tokio::test(start_paused = true)]
async fn with_a_store_a_result_is_made_once_for_all_instances_and_good_as_long_as_on_one() {
    let store = Shared::new();
    let [(one, made), (other, found)] = [store.instance().await, store.instance().await];
    one.call("look", json!({})).await.assert_text("1");
    tokio::time::advance(Duration::from_secs(20)).await;
    other.call("look", json!({})).await.assert_text("1");
    assert_eq!((made.count(), found.count()), (1, 0));
    tokio::time::advance(Duration::from_secs(9)).await;
    other.call("look", json!({})).await.assert_text("1");
    assert_eq!(found.count(), 0);
    tokio::time::advance(Duration::from_secs(2)).await;
    other.call("look", json!({})).await.assert_text("1");
    assert_eq!(found.count(), 1, "30 s after it was made, it is made anew");
}

#[tokio::test(start_paused = true)]
async fn with_a_store_a_principal_finds_only_its_own_results() {
    let store = Shared::new();
    let [(one, made), (other, found)] = [store.instance().await, store.instance().await];
    let [ann, ben] = ["ann", "ben"].map(|name| one.clone().principal(somebody(name)));
    ann.call("look", json!({})).await.assert_text("1");
    ben.call("look", json!({})).await.assert_text("2");
    assert_eq!(made.count(), 2);
    for (name, text) in [("ann", "1"), ("ben", "2")] {
        let same = other.clone().principal(somebody(name));
        same.call("look", json!({})).await.assert_text(text);
    }
    assert_eq!(found.count(), 0);
    other.call("look", json!({})).await.assert_text("1");
    let wider = other.clone().principal(Principal::new("ann", ["more"]));
    wider.call("look", json!({})).await.assert_text("2");
    assert_eq!(found.count(), 2, "by nobody, and with another scope");
    ann.call("share", json!({})).await.assert_text("3");
    other.call("share", json!({})).await.assert_text("3");
}

#[tokio::test(start_paused = true)]
async fn a_result_forgotten_on_one_instance_is_computed_again_on_all() {
    let store = Shared::new();
    let [(one, made), (other, found)] = [store.instance().await, store.instance().await];
    one.call("look", json!({})).await.assert_text("1");
    other.call("look", json!({})).await.assert_text("1");
    other
        .call("clear", json!({ "name": "nothing" }))
        .await
        .assert_ok();
    settle().await;
    one.call("look", json!({})).await.assert_text("1");
    other
        .call("clear", json!({ "name": "look" }))
        .await
        .assert_ok();
    settle().await;
    one.call("look", json!({})).await.assert_text("2");
    other.call("look", json!({})).await.assert_text("2");
    assert_eq!((made.count(), found.count()), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn without_a_store_forgotten_results_are_computed_again_and_a_running_call_is_not_cached() {
    let gate = Gate::new();
    let state = App {
        gate: Arc::clone(&gate),
    };
    let server = Server::new("cache", "1.0.0").state(state);
    let client = TestClient::new(server.tools(tools![look, stare, clear])).await;
    client.call("look", json!({})).await.assert_text("1");
    client
        .call("clear", json!({ "name": "look" }))
        .await
        .assert_ok();
    client.call("look", json!({})).await.assert_text("2");
    client.call("look", json!({})).await.assert_text("2");
    let running = client.start("stare", json!({}));
    settle().await;
    client
        .call("clear", json!({ "name": "stare" }))
        .await
        .assert_ok();
    gate.open(2);
    running.reply().await.assert_text("3");
    client.call("stare", json!({})).await.assert_text("4");
}

#[tokio::test(start_paused = true)]
async fn a_store_of_results_that_panics_has_none_and_calls_run() {
    let store = Shared::new();
    let [(one, _), (other, found)] = [store.instance().await, store.instance().await];
    one.call("look", json!({})).await.assert_text("1");
    store.set_away(true);
    other.call("look", json!({})).await.assert_text("1");
    other.call("look", json!({})).await.assert_text("1");
    assert_eq!(found.count(), 1, "it is remembered here");
    other
        .call("clear", json!({ "name": "look" }))
        .await
        .assert_ok();
    settle().await;
    store.set_away(false);
    tokio::time::sleep(Duration::from_secs(2)).await;
    other.call("look", json!({})).await.assert_text("2");
    one.call("look", json!({})).await.assert_text("2");
}

#[tokio::test(start_paused = true)]
async fn errors_and_results_above_a_mebibyte_are_not_shared() {
    let store = Shared::new();
    let [(one, made), (other, found)] = [store.instance().await, store.instance().await];
    made.open(1);
    found.open(1);
    one.call("flicker", json!({}))
        .await
        .assert_error("failure 1");
    other
        .call("flicker", json!({}))
        .await
        .assert_error("failure 1");
    let large = json!({ "bytes": 1 << 20, "key": "a" });
    one.call("large", large.clone()).await.assert_ok();
    one.call("large", large.clone()).await.assert_ok();
    other.call("large", large).await.assert_ok();
    assert_eq!((made.count(), found.count()), (2, 2));
}
