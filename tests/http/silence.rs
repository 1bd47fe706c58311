//! Calls without output for long: their response begins on its own, and continues with heartbeats.

use std::time::Duration;

use mcp_runtime::{Context, Server, prompt, prompts, resource, resources, tool, tools};
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::client::{Call, Client};

/// Says nothing for so many seconds.
#[tool]
async fn wait(seconds: u64) -> &'static str {
    sleep(Duration::from_secs(seconds)).await;
    "done"
}

/// Fails after so many seconds.
#[tool]
async fn fail(seconds: u64) -> Result<(), &'static str> {
    sleep(Duration::from_secs(seconds)).await;
    Err("broken")
}

/// Reports late, and then nothing again.
#[tool]
async fn late(cx: &Context) -> &'static str {
    sleep(Duration::from_secs(50)).await;
    cx.progress(1.0, 2.0, "half");
    sleep(Duration::from_secs(50)).await;
    cx.progress(2.0, 2.0, "all");
    "done"
}

/// Waits, too.
#[resource("slow://book")]
async fn book() -> &'static str {
    sleep(Duration::from_secs(20)).await;
    "read"
}

/// Waits, too.
#[prompt]
async fn ponder() -> &'static str {
    sleep(Duration::from_secs(20)).await;
    "think"
}

fn client() -> Client {
    let server = Server::new("slow", "1.0.0").tools(tools![wait, fail, late]);
    Client::new(server.resources(resources![book]).prompts(prompts![ponder]))
}

fn wait_for(seconds: u64) -> Call {
    Call::tool("wait", json!({ "seconds": seconds }))
}

#[tokio::test(start_paused = true)]
async fn a_silent_response_begins_after_15_s_and_then_sends_a_heartbeat_every_15_s() {
    let begun = Instant::now();
    let mut stream = client().open(wait_for(50)).await.stream();
    for elapsed in [15, 30, 45] {
        assert_eq!(stream.frame().await.unwrap(), ":\n\n");
        assert_eq!(begun.elapsed().as_secs(), elapsed);
    }
    let answer = stream.next().await.unwrap();
    assert_eq!(answer["result"]["content"][0]["text"], "done");
    assert_eq!(begun.elapsed().as_secs(), 50);
    assert_eq!(stream.next().await, None, "the answer is the last event");
}

#[tokio::test(start_paused = true)]
async fn heartbeats_are_sent_in_a_session_too() {
    let client = client();
    for version in ["2025-11-25", "2025-06-18", "2025-03-26"] {
        let session = client.initialize(version).await;
        let begun = Instant::now();
        let params = json!({ "name": "wait", "arguments": { "seconds": 50 } });
        let call = Call::legacy(&session, "tools/call", params);
        let mut stream = client.open(call).await.stream();
        assert_eq!(begun.elapsed().as_secs(), 15, "{version}");
        let first = stream.frame().await.unwrap();
        let primes = version == "2025-11-25";
        assert_eq!(first.starts_with("id: "), primes, "{first:?}");
        assert_eq!(first.starts_with(':'), !primes, "{first:?}");
        assert_eq!(begun.elapsed().as_secs(), 15, "{version}");
        for elapsed in [30, 45] {
            assert!(stream.frame().await.unwrap().starts_with(':'));
            assert_eq!(begun.elapsed().as_secs(), elapsed, "{version}");
        }
        let answer = stream.next().await.unwrap();
        assert_eq!(answer["result"]["content"][0]["text"], "done");
        assert_eq!(stream.next().await, None);
    }
}

#[tokio::test(start_paused = true)]
async fn heartbeats_are_sent_for_resources_and_prompts_too() {
    let client = client();
    for call in [
        Call::modern("resources/read", json!({ "uri": "slow://book" }))
            .header("mcp-name", "slow://book"),
        Call::modern("prompts/get", json!({ "name": "ponder" })),
    ] {
        let mut stream = client.open(call).await.stream();
        assert_eq!(stream.frame().await.unwrap(), ":\n\n");
        assert!(stream.next().await.unwrap().get("result").is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn a_late_error_is_the_last_event() {
    let call = Call::tool("fail", json!({ "seconds": 20 }));
    let messages = client().open(call).await.stream().rest().await;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0]["result"]["isError"], true);
}

#[tokio::test(start_paused = true)]
async fn a_response_before_the_heartbeat_is_json() {
    let reply = client().open(wait_for(14)).await;
    assert_eq!(reply.header("content-type"), "application/json");
    reply.answer().await.assert_text("done");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_accepts_no_streams_waits_for_json() {
    let client = client();
    let session = client.initialize("2025-11-25").await;
    let params = json!({ "name": "wait", "arguments": { "seconds": 50 } });
    for call in [
        wait_for(50),
        wait_for(50).progress_token(json!(1)),
        Call::legacy(&session, "tools/call", params),
    ] {
        let reply = client.open(call.header("accept", "application/json")).await;
        assert_eq!(reply.header("content-type"), "application/json");
        reply.answer().await.assert_text("done");
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_requests_progress_gets_heartbeats_as_progress() {
    let client = client();
    let session = client.initialize("2025-11-25").await;
    let params = json!({ "name": "late" });
    for call in [
        Call::tool("late", json!({})),
        Call::legacy(&session, "tools/call", params),
    ] {
        let begun = Instant::now();
        let mut stream = client.open(call.progress_token(json!("t"))).await.stream();
        let (mut told, mut times) = (Vec::new(), Vec::new());
        while let Some(message) = stream.next().await {
            if message.get("result").is_some() {
                break;
            }
            assert_eq!(message["params"]["progressToken"], "t");
            told.push(message["params"]["progress"].as_f64().unwrap());
            times.push(begun.elapsed().as_secs());
        }
        assert_eq!(times, [15, 30, 45, 50, 75, 90, 100]);
        assert!(told.is_sorted_by(|a, b| a < b), "{told:?}");
        assert!(told[2] < 0.001 && told[5] < 1.001, "{told:?}");
        assert_eq!((told[3], told[6]), (1.0, 2.0));
    }
}
