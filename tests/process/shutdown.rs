//! SIGTERM and SIGINT: calls in flight complete, streams end, and the process too, whatever blocks it.

use std::process::Command;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};

use super::child::{Process, call, probe, request};
use super::http::Listening;

fn listen(id: &str) -> String {
    request(
        id,
        "subscriptions/listen",
        json!({ "notifications": { "toolsListChanged": true } }),
    )
}

/// A `probe` with this deadline for calls in flight.
fn with_deadline(millis: u32) -> Command {
    let mut command = probe();
    command.env("PROBE_DEADLINE_MS", millis.to_string());
    command
}

fn text(answer: &Value) -> &str {
    answer["result"]["content"][0]["text"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer:#}"))
}

#[test]
fn a_call_in_flight_over_http_is_answered_while_streams_are_open() {
    let mut server = Listening::start();
    let session = server.initialize();
    let (mut slow, mut legacy, mut modern) = (server.connect(), server.connect(), server.connect());
    legacy.get(
        "/mcp",
        &[
            ("mcp-session-id", &session),
            ("accept", "text/event-stream"),
        ],
    );
    assert_eq!(legacy.head().header("content-type"), "text/event-stream");
    modern.send(&listen("listening"));
    assert_eq!(modern.head().status, 200);
    assert_eq!(
        modern.event().unwrap()["method"],
        "notifications/subscriptions/acknowledged"
    );
    slow.send(&call("slow", "slow", json!({})));
    assert_eq!(slow.head().status, 200);
    assert_eq!(slow.event().unwrap()["method"], "notifications/progress");

    server.process.terminate();
    assert_eq!(
        modern.event().unwrap()["id"],
        "listening",
        "the closing result of a subscription"
    );
    assert_eq!(
        (modern.event(), legacy.event()),
        (None, None),
        "streams end at once"
    );
    let answer = slow.event().unwrap();
    assert_eq!(
        (&answer["id"], text(&answer)),
        (&json!("slow"), "two seconds later")
    );
    assert_eq!(slow.event(), None);
    let (code, took) = server.process.ends();
    assert_eq!(code, Some(0));
    assert!(
        took < Duration::from_secs(20),
        "{took:?}, and nothing was in flight any more"
    );
}

#[test]
fn while_it_drains_it_is_not_ready_and_refuses_new_calls() {
    let mut server = Listening::start();
    let session = server.initialize();
    let (mut slow, mut probe) = (server.connect(), server.connect());
    slow.send(&call("slow", "slow", json!({})));
    slow.head();
    assert_eq!(slow.event().unwrap()["method"], "notifications/progress");
    probe.get("/ready", &[]);
    assert_eq!(probe.answer().0, 200);

    server.process.terminate();
    server.process.hears("shutting down");
    let mut late = server.connect();
    late.get("/ready", &[]);
    assert_eq!(
        late.answer(),
        (503, "{\"status\":\"draining\"}\n".to_owned())
    );
    let mut late = server.connect();
    late.get("/health", &[]);
    let (status, body) = late.answer();
    let health: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (status, &health["status"], &health["draining"]),
        (503, &json!("failing"), &json!(true))
    );
    let mut late = server.connect();
    late.get("/healthz", &[]);
    assert_eq!(late.answer().0, 200);
    let mut late = server.connect();
    late.send(&call("late", "add", json!({ "a": 1, "b": 2 })));
    let (status, body) = late.answer();
    assert_eq!(status, 503);
    assert!(
        body.contains("shutting down") && body.contains("-32603") && body.contains("\"late\""),
        "{body}"
    );
    let add = json!({ "name": "add", "arguments": { "a": 1, "b": 2 } });
    let legacy =
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": add }).to_string();
    let mut late = server.connect();
    late.post(&[("mcp-session-id", &session)], &legacy);
    assert_eq!(late.answer().0, 503);
    let params = json!({ "protocolVersion": "2025-11-25", "capabilities": {} });
    let mut late = server.connect();
    late.post(
        &[],
        &json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params }).to_string(),
    );
    assert_eq!(late.answer().0, 503);
    let mut late = server.connect();
    late.send(&listen("late"));
    assert_eq!(late.head().status, 200);

    assert_eq!(text(&slow.event().unwrap()), "two seconds later");
    server.process.assert_success();
}

#[test]
fn idle_connections_do_not_delay_the_shutdown() {
    let mut server = Listening::start();
    let mut idle = server.connect();
    idle.get("/healthz", &[]);
    assert_eq!(idle.answer().0, 200);
    let silent = server.connect();
    server.process.terminate();
    assert!(idle.is_closed());
    server.process.assert_success();
    drop(silent);
}

#[test]
fn sigint_is_a_shutdown_too() {
    let mut server = Listening::start();
    server.process.signal(Signal::INT);
    server.process.assert_success();
}

#[test]
fn the_deadline_cancels_a_call_that_never_ends_with_an_error_to_its_caller() {
    let mut server = Listening::with(&mut with_deadline(100));
    let mut stuck = server.connect();
    stuck.send(&call("stuck", "stuck", json!({})));
    stuck.head();
    assert_eq!(stuck.event().unwrap()["method"], "notifications/progress");
    server.process.terminate();
    let answer = stuck.event().unwrap();
    assert_eq!(
        (&answer["id"], &answer["result"]["isError"]),
        (&json!("stuck"), &json!(true))
    );
    let told = "stopped because the server is shutting down; this tool is idempotent, so it is safe to retry";
    assert_eq!(text(&answer), told);
    assert_eq!(stuck.event(), None);
    server.process.assert_success();
}

#[test]
fn a_blocking_function_is_abandoned_at_the_deadline() {
    let mut server = Listening::with(&mut with_deadline(100));
    let mut blocked = server.connect();
    blocked.send(&call("blocked", "blocked", json!({})));
    blocked.head();
    assert_eq!(blocked.event().unwrap()["method"], "notifications/progress");
    server.process.terminate();
    let told = "stopped because the server is shutting down; the outcome is unknown: check before retrying";
    assert_eq!(text(&blocked.event().unwrap()), told);
    server.process.assert_success();
}

#[test]
fn a_second_signal_ends_it_immediately() {
    let mut server = Listening::start();
    let mut stuck = server.connect();
    stuck.send(&call("stuck", "stuck", json!({})));
    stuck.head();
    assert_eq!(stuck.event().unwrap()["method"], "notifications/progress");
    server.process.terminate();
    server.process.hears("shutting down");
    server.process.terminate();
    server.process.hears("second signal");
    let (code, took) = server.process.ends();
    assert_eq!(code, Some(130));
    assert!(
        took < Duration::from_secs(20),
        "{took:?}, and the deadline is 30 s"
    );
}

#[test]
fn a_legacy_call_whose_client_has_disconnected_is_waited_for() {
    let mut server = Listening::with(&mut with_deadline(100));
    let session = server.initialize();
    let mut stuck = server.connect();
    let params = json!({ "name": "stuck", "_meta": { "progressToken": 1 } });
    let body =
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string();
    stuck.post(&[("mcp-session-id", &session)], &body);
    stuck.head();
    assert_eq!(stuck.event().unwrap()["method"], "notifications/progress");
    drop(stuck);
    server.process.terminate();
    let line = server
        .process
        .hears("the shutdown deadline has passed; cancelling calls in flight");
    assert!(line.ends_with("calls=1"), "it is counted once: {line}");
    server.process.assert_success();
}

#[test]
fn sigterm_over_stdio_completes_calls_in_flight() {
    let mut process = Process::stdio();
    process.send(listen("l"));
    assert_eq!(
        process.receive().unwrap()["method"],
        "notifications/subscriptions/acknowledged"
    );
    process.send(call("slow", "slow", json!({})));
    assert_eq!(
        process.receive().unwrap()["method"],
        "notifications/progress"
    );
    process.terminate();
    assert_eq!(process.receive().unwrap()["id"], "l");
    assert_eq!(
        process.receive().unwrap()["method"],
        "notifications/cancelled"
    );
    assert_eq!(text(&process.receive().unwrap()), "two seconds later");
    assert_eq!(process.receive(), None);
    process.assert_success();
}

#[test]
fn the_deadline_holds_over_stdio_too() {
    let mut process = Process::start(&mut with_deadline(100));
    process.send(call("stuck", "stuck", json!({})));
    assert_eq!(
        process.receive().unwrap()["method"],
        "notifications/progress"
    );
    process.terminate();
    assert!(
        text(&process.receive().unwrap())
            .starts_with("stopped because the server is shutting down")
    );
    process.assert_success();
}

#[test]
fn t22_calls_that_arrive_within_the_delay_are_answered_while_it_is_not_ready() {
    const DELAY: Duration = Duration::from_secs(4);
    let mut server = Listening::with(probe().env("PROBE_DELAY_MS", DELAY.as_millis().to_string()));
    let mut open = server.connect();
    open.get("/ready", &[]);
    assert_eq!(open.answer().0, 200);
    server.process.terminate();
    server.process.hears("shutting down");
    let begun = std::time::Instant::now();
    for mut connection in [open, server.connect()] {
        connection.send(&call("late", "add", json!({ "a": 1, "b": 2 })));
        let head = connection.head();
        assert_eq!((head.status, head.header("connection")), (200, "close"));
    }
    let mut probing = server.connect();
    probing.get("/ready", &[]);
    assert_eq!(probing.answer().0, 503);
    assert!(
        begun.elapsed() < DELAY,
        "this machine is too slow for the test"
    );
    let (code, _) = server.process.ends();
    assert_eq!(code, Some(0));
    assert!(
        begun.elapsed() + Duration::from_millis(500) > DELAY,
        "it ended early"
    );
}

#[test]
fn a_second_signal_does_not_wait_for_the_delay() {
    let mut server = Listening::with(probe().env("PROBE_DELAY_MS", "3600000"));
    server.process.terminate();
    server.process.hears("shutting down");
    server.process.terminate();
    assert_eq!(server.process.ends().0, Some(130));
}
