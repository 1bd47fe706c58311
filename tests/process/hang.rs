//! Functions that neither return nor yield: they delay neither other requests nor the end of the process.

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};

use super::child::{Process, call, probe, request};
use super::http::{Connection, Listening};

/// Far more than the time between the deadline and the end, and far less than any function here takes.
const SOON: Duration = Duration::from_secs(20);

/// A `probe` that waits a tenth of a second for calls in flight.
fn impatient() -> Command {
    let mut command = probe();
    command.env("PROBE_DEADLINE_MS", "100");
    command
}

fn hold(id: &str, ms: u64) -> String {
    call(id, "hold", json!({ "ms": ms }))
}

fn cancel(id: &str) -> String {
    json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id } })
        .to_string()
}

#[track_caller]
fn ids(process: &Process, answers: usize) -> Vec<Value> {
    (0..answers)
        .map(|_| process.receive().unwrap()["id"].clone())
        .collect()
}

/// Asserts that it ends soon, with this exit code.
#[track_caller]
fn assert_ends(process: &mut Process, code: i32) {
    let (exit, took) = process.ends();
    assert_eq!(exit, Some(code));
    assert!(took < SOON, "{took:?}");
}

#[test]
fn a_blocking_function_delays_no_other_request() {
    let mut process = Process::stdio();
    let begun = Instant::now();
    process.send(hold("long", 3000));
    process.send(call("add", "add", json!({ "a": 1, "b": 2 })));
    process.send(request("list", "tools/list", json!({})));
    assert_eq!(ids(&process, 2), ["add", "list"]);
    assert!(begun.elapsed() < Duration::from_secs(3));
    assert_eq!(ids(&process, 1), ["long"]);
    process.close();
    process.assert_success();
}

#[test]
fn earlier_responses_are_not_delayed_either() {
    let mut process = Process::stdio();
    let lines = [
        call("add", "add", json!({ "a": 1, "b": 2 })),
        hold("long", 60_000),
    ];
    // In one piece, so that both are read together.
    process.write(&(lines.join("\n") + "\n"));
    assert_eq!(ids(&process, 1), ["add"]);
}

#[test]
fn a_call_that_is_cancelled_while_it_blocks_has_no_response() {
    let mut process = Process::stdio();
    process.send(hold("long", 500));
    process.send(cancel("long"));
    process.send(hold("longer", 1000));
    process.close();
    assert_eq!(ids(&process, 1), ["longer"]);
    assert_eq!(process.receive(), None);
    process.assert_success();
}

#[test]
fn many_functions_that_never_end_do_not_delay_requests_without_a_function() {
    let mut process = Process::start(&mut impatient());
    for id in 0..40 {
        process.send(call(&id.to_string(), "spin", json!({})));
    }
    process.send(request("list", "tools/list", json!({})));
    let listed = |message: &Value| message["id"] == "list";
    while !listed(&process.receive().unwrap()) {}
    process.close();
    // The runtime's threads are among the blocked ones.
    assert_ends(&mut process, 1);
}

#[test]
fn the_end_of_input_is_detected_while_a_function_blocks() {
    let mut process = Process::start(&mut impatient());
    process.send(call("spin", "spin", json!({})));
    assert_eq!(
        process.receive().unwrap()["method"],
        "notifications/progress"
    );
    process.close();
    assert_ends(&mut process, 0);
}

/// A server whose threads are all blocked by calls, which end with their connections.
fn held(command: &mut Command) -> (Listening, Vec<Connection>) {
    let server = Listening::with(command);
    let workers = thread::available_parallelism().unwrap().get();
    let calls: Vec<_> = (0..workers * 4)
        .map(|id| {
            let mut connection = server.connect();
            connection.send(&call(&id.to_string(), "spin", json!({})));
            connection
        })
        .collect();
    let begun = Instant::now();
    while server.connect().answers_within(Duration::from_millis(200)) {
        assert!(begun.elapsed() < SOON, "no call holds a thread");
    }
    (server, calls)
}

#[test]
fn a_shutdown_ends_although_every_thread_is_blocked() {
    let (mut server, calls) = held(&mut impatient());
    server.process.terminate();
    assert_ends(&mut server.process, 1);
    drop(calls);
}

#[test]
fn a_second_signal_ends_it_although_every_thread_is_blocked() {
    let (mut server, calls) = held(&mut probe());
    server.process.terminate();
    server.process.hears("shutting down");
    server.process.terminate();
    assert_ends(&mut server.process, 130);
    drop(calls);
}

#[test]
fn a_long_poll_is_logged_with_the_name_of_the_function_at_a_limited_rate() {
    let mut process = Process::stdio();
    for id in ["1", "2", "3"] {
        process.send(hold(id, 150));
    }
    assert_eq!(ids(&process, 3).len(), 3);
    let line = process.hears("blocked its thread without yielding");
    assert!(line.contains("hold") && line.contains("took="), "{line}");
    process.close();
    process.assert_success();
    while let Some(line) = process.says() {
        assert!(
            !line.contains("blocked its thread without yielding"),
            "{line}"
        );
    }
}

#[test]
fn the_destructor_of_the_state_runs_and_cannot_delay_or_fail_the_shutdown() {
    for (state, code) in [("panics", 0), ("hangs", 1)] {
        let mut server = Listening::with(impatient().env("PROBE_STATE", state));
        server.process.terminate();
        assert_ends(&mut server.process, code);
        let mut process = Process::start(impatient().env("PROBE_STATE", state));
        process.close();
        assert_ends(&mut process, code);
        let mut process = Process::start(impatient().env("PROBE_STATE", state));
        process.send(call("add", "add", json!({ "a": 1, "b": 2 })));
        assert_eq!(ids(&process, 1), ["add"]);
        process.terminate();
        assert_ends(&mut process, code);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_process_started_with_nohup_outlives_its_terminal() {
    let mut process = Process::start(
        Command::new("sh")
            .args(["-c", "trap '' HUP; exec \"$0\""])
            .arg(probe().get_program()),
    );
    process.send(call("1", "add", json!({ "a": 1, "b": 2 })));
    assert_eq!(ids(&process, 1), ["1"]);
    process.signal(Signal::HUP);
    process.send(call("2", "add", json!({ "a": 1, "b": 2 })));
    assert_eq!(ids(&process, 1), ["2"]);
    process.close();
    process.assert_success();
}
