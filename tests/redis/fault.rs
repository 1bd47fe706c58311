//! A Redis that responds with errors, loses its scripts or its data, and closes connections.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::time::sleep;

use super::instance::Instance;
use super::outage::{BACK, acquainted, are_alone, times};
use super::server::{Folder, Redis, wait_until};

/// The maximum time for the calls and requests of two instances while Redis fails.
const PROMPT: Duration = Duration::from_secs(8);

/// Lets Redis fail by `fail`, and work again by `mend`: in between each instance continues alone, and within five
/// seconds both share again.
async fn fails<T>(redis: &Redis, fail: impl FnOnce(&Redis) -> T, mend: impl FnOnce(&Redis, T)) {
    let both = acquainted(&redis.url()).await;
    let failing = fail(redis);
    let begun = Instant::now();
    are_alone(&both).await;
    assert!(begun.elapsed() < PROMPT, "{:?}", begun.elapsed());
    for on in &both {
        assert!(on.metric("mcp_store_up").await < 0.5, "the breaker is open");
        assert!(on.metric(r#"mcp_store_errors_total{store="rates"}"#).await >= 5.0);
    }
    mend(redis, failing);
    for on in &both {
        on.until("mcp_store_up", 1.0, BACK).await;
    }
    let [a, b] = &both;
    let admitted = a.admitted("limited", 6).await + b.admitted("limited", 6).await;
    assert_eq!(admitted, 10, "shared again");
    // The result of a check is cached for a second.
    sleep(Duration::from_millis(1_100)).await;
    let (_, health) = a.get("/health").await;
    assert!(health.contains(r#""status":"ok""#), "{health}");
}

fn until(redis: &Redis, command: &str, code: &str) {
    wait_until(code, || redis.command(&[command]).contains(code));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_enough_replicas_each_instance_continues_alone() {
    let redis = Redis::start();
    let set = |redis: &Redis, number| redis.command(&["CONFIG SET min-replicas-to-write", number]);
    fails(
        &redis,
        |redis| {
            set(redis, "1");
            until(redis, "SET a 1", "NOREPLICAS");
        },
        |redis, ()| drop(set(redis, "0")),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_primary_that_has_become_a_replica_is_not_used() {
    for stale in ["yes", "no"] {
        let redis = Redis::with(&["--replica-serve-stale-data", stale]);
        fails(
            &redis,
            |redis| drop(redis.command(&["REPLICAOF 127.0.0.1 1"])),
            |redis, ()| drop(redis.command(&["REPLICAOF NO ONE"])),
        )
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_cannot_write_its_data_to_disk_is_not_used() {
    let folder = Folder::new("disk");
    let path = folder.0.display().to_string();
    let redis = Redis::with(&["--dir", &path, "--dbfilename", "data"]);
    // A folder cannot be replaced by a file.
    let blocked = folder.0.join("data");
    fails(
        &redis,
        |redis| {
            std::fs::create_dir(&blocked).unwrap();
            redis.command(&["CONFIG SET save \"3600 1\""]);
            redis.command(&["BGSAVE"]);
            until(redis, "SET a 1", "MISCONF");
        },
        |redis, ()| {
            std::fs::remove_dir(&blocked).unwrap();
            redis.command(&["BGSAVE"]);
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_runs_the_script_of_another_program_is_not_waited_for() {
    let redis = Redis::start();
    redis.command(&["CONFIG SET busy-reply-threshold 50"]);
    fails(
        &redis,
        |redis| -> TcpStream {
            let endless = redis.begin("EVAL \"while true do end\" 0");
            until(redis, "PING", "BUSY");
            endless
        },
        |redis, _endless| drop(redis.command(&["SCRIPT KILL"])),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_loads_its_data_is_not_used_before_the_end() {
    let redis = Redis::with(&["--enable-debug-command", "yes"]);
    redis.command(&["CONFIG SET loading-process-events-interval-bytes 1024"]);
    fails(
        &redis,
        |redis| {
            redis.command(&["DEBUG POPULATE 250 filler 10"]);
            redis.command(&["CONFIG SET key-load-delay 20000"]);
            let reload = redis.begin("DEBUG RELOAD");
            until(redis, "PING", "LOADING");
            reload
        },
        |redis, _reload| {
            redis.command(&["CONFIG SET key-load-delay 0"]);
            wait_until("it loads", || redis.command(&["PING"]).contains("PONG"));
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_with_the_value_of_another_program_affects_only_its_calls() {
    let redis = Redis::start();
    let both = acquainted(&redis.url()).await;
    let key = "store-test:rate:t:tool:limited:all";
    redis.command(&["RPUSH", key, "x"]);
    are_alone(&both).await;
    let [a, b] = &both;
    times(a, 1).await;
    assert!(a.metric("mcp_store_up").await > 0.5, "the rest is shared");
    redis.command(&["DEL", key]);
    assert_eq!(
        a.admitted("limited", 6).await + b.admitted("limited", 6).await,
        10
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_that_are_flushed_are_loaded_again_while_calls_continue() {
    let redis = Redis::start();
    let [a, b] = acquainted(&redis.url()).await;
    for _ in 0..10 {
        redis.command(&["SCRIPT FLUSH"]);
        times(&a, 2).await;
        redis.command(&["SCRIPT FLUSH"]);
        times(&b, 2).await;
    }
    for on in [&a, &b] {
        assert!(on.metric(r#"mcp_store_errors_total{store="rates"}"#).await < 0.5);
    }
    assert_eq!(a.admitted("limited", 6).await, 6);
    redis.command(&["SCRIPT FLUSH"]);
    assert_eq!(b.admitted("limited", 6).await, 4, "the counts remain");
}

#[tokio::test(flavor = "multi_thread")]
async fn data_that_is_flushed_restarts_counts_and_nothing_else() {
    let redis = Redis::start();
    let [a, b] = acquainted(&redis.url()).await;
    a.call("remember", json!({ "word": "mellon" })).await;
    for round in 0..3 {
        redis.command(&["FLUSHALL"]);
        let admitted = a.admitted("limited", 6).await + b.admitted("limited", 6).await;
        assert_eq!(admitted, 10, "after flush {round}");
    }
    let said = b.call("recall", json!({})).await;
    assert_eq!(said["result"]["content"][0]["text"], "nothing");
    b.until("mcp_store_instances", 2.0, BACK * 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_connections_lose_no_call_and_exceed_no_limit_by_more_than_the_shares() {
    let redis = Redis::start();
    let both = acquainted(&redis.url()).await;
    exceeds_no_limit(&both, &[&redis]).await;
}

/// Closes connections to the servers ten times, while both instances are called: every call is answered, and at most the
/// limit and a share of each instance are admitted.
pub(crate) async fn exceeds_no_limit(both: &[Instance; 2], servers: &[&Redis]) {
    let mut admitted = 0;
    for round in 0..10 {
        let kind = ["normal", "pubsub"][round % 2];
        for server in servers {
            server.command(&["CLIENT KILL TYPE", kind, "SKIPME yes"]);
        }
        for on in both {
            times(on, 1).await;
            admitted += on.admitted("limited", 3).await;
            sleep(Duration::from_millis(100)).await;
        }
    }
    assert!(admitted <= 20, "{admitted} of ten, and five twice");
    assert!(admitted >= 10, "{admitted}");
    for on in both {
        on.until("mcp_store_up", 1.0, BACK).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_no_instance_would_store_is_not_read_in_full() {
    let redis = Redis::start();
    let [a, b] = acquainted(&redis.url()).await;
    let text = async |on: &Instance| {
        let said = on.call("whose", json!({})).await;
        said["result"]["content"][0]["text"].to_string()
    };
    let by_a = text(&a).await;
    let keys = redis.command(&["KEYS store-test:cache:*"]);
    let key = keys.lines().find(|line| line.starts_with("store-test"));
    let key = key.unwrap_or_else(|| panic!("{keys}"));
    redis.command(&["SETRANGE", key, "100000000", "x"]);
    let begun = Instant::now();
    assert_ne!(text(&b).await, by_a, "it is computed again");
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert!(b.metric(r#"mcp_store_errors_total{store="cache"}"#).await < 0.5);
}
