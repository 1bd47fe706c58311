//! An unread, full or closed stderr: it blocks nothing, and lost lines are counted.

use std::fs::OpenOptions;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::child::{Process, call, probe};
use super::http::{Connection, Listening};

/// More log lines than any pipe holds.
const CALLS: usize = 3000;

/// Sends all of `calls` while the responses are read; returns the number of responses.
fn answers(process: &mut Process, calls: &[String]) -> usize {
    let mut stdin = process.take_stdin();
    let text = calls.join("\n") + "\n";
    thread::scope(|scope| {
        let writing = scope.spawn(move || {
            std::io::Write::write_all(&mut stdin, text.as_bytes()).unwrap();
            stdin
        });
        let answered = calls.iter().filter_map(|_| process.receive()).count();
        process.give_stdin(writing.join().unwrap());
        answered
    })
}

fn same(tool: &str, arguments: &Value) -> Vec<String> {
    (0..CALLS)
        .map(|id| call(&id.to_string(), tool, arguments.clone()))
        .collect()
}

/// SIGTERM ends it within the time of a shutdown without calls in flight.
#[track_caller]
fn assert_terminates(process: &mut Process) {
    process.terminate();
    let (code, took) = process.ends();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[test]
fn refusals_with_an_unread_stderr_block_nothing() {
    let mut process = Process::start_unread(&mut probe());
    assert_eq!(answers(&mut process, &same("nope", &json!({}))), CALLS);
    assert_terminates(&mut process);
}

#[test]
fn debug_logs_with_an_unread_stderr_block_nothing() {
    let mut process = Process::start_unread(probe().env("MCP_LOG_LEVEL", "debug"));
    let calls = same("add", &json!({ "a": 1, "b": 2 }));
    assert_eq!(answers(&mut process, &calls), CALLS);
    assert_terminates(&mut process);
}

#[test]
fn a_tool_that_prints_is_not_blocked_by_an_unread_stderr() {
    let mut process = Process::start_unread(&mut probe());
    let mut calls = same("print_much", &json!({ "lines": 2 }));
    calls.push(call("last", "print_much", json!({ "lines": 20_000 })));
    assert_eq!(answers(&mut process, &calls), CALLS + 1);
    assert_terminates(&mut process);
}

#[test]
fn panics_with_an_unread_stderr_block_nothing() {
    let mut process = Process::start_unread(&mut probe());
    assert_eq!(answers(&mut process, &same("explode", &json!({}))), CALLS);
    assert_terminates(&mut process);
}

#[test]
fn a_name_of_a_megabyte_is_refused_and_its_line_in_the_log_is_short() {
    let mut process = Process::start(&mut probe());
    process.send(call("1", &"x".repeat(1 << 20), json!({})));
    assert_eq!(process.receive().unwrap()["id"], "1");
    let line = process.hears("request refused");
    assert!(line.len() < 2000, "{} bytes", line.len());
    let mut process = Process::start_unread(&mut probe());
    process.send(call("1", &"x".repeat(1 << 20), json!({})));
    assert_eq!(process.receive().unwrap()["id"], "1");
    assert_terminates(&mut process);
}

#[test]
fn a_second_sigterm_ends_it_with_an_unread_stderr() {
    let mut process = Process::start_unread(&mut probe());
    answers(&mut process, &same("nope", &json!({})));
    process.send(call("stuck", "stuck", json!({})));
    assert_eq!(
        process.receive().unwrap()["method"],
        "notifications/progress"
    );
    process.terminate();
    // The first one has arrived once no new call is admitted.
    loop {
        process.send(call("late", "add", json!({ "a": 1, "b": 2 })));
        if process.receive().unwrap().get("error").is_some() {
            break;
        }
    }
    process.terminate();
    let (code, took) = process.ends();
    assert_eq!(code, Some(130));
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[test]
fn dropped_lines_are_counted_and_reported_once_stderr_is_read() {
    let mut process = Process::start_unread(&mut probe());
    let much = call("much", "print_much", json!({ "lines": 40_000 }));
    assert_eq!(answers(&mut process, &[much]), 1);
    process.read_stderr();
    let line = process.hears("log lines were dropped");
    let dropped: u32 = line.split("lines=").nth(1).unwrap().parse().unwrap();
    assert!((1..80_000).contains(&dropped), "{line}");
    process.close();
    process.assert_success();
}

fn refused(connection: &mut Connection) {
    connection.send(&call("1", "nope", json!({})));
    assert!(connection.answer().1.contains("nope"));
}

#[test]
fn over_http_an_unread_stderr_blocks_nothing_either() {
    let mut server = Listening::unheard(|args| Process::start_unread(probe().args(args)));
    let mut connection = server.connect();
    for _ in 0..CALLS {
        refused(&mut connection);
    }
    connection.send(&call("1", "print_much", json!({ "lines": 60_000 })));
    connection.head();
    let mut connection = server.connect();
    connection.get("/healthz", &[]);
    assert_eq!(connection.answer().0, 200);
    connection.get("/metrics", &[]);
    let metrics = connection.answer().1;
    let dropped = metrics
        .lines()
        .find_map(|line| line.strip_prefix("mcp_log_lines_dropped_total "))
        .unwrap();
    assert_ne!(dropped, "0");
    assert_terminates(&mut server.process);
}

/// Runs it to the end of its input with another stderr.
fn answers_with(command: &mut Command, stderr: Stdio) {
    let child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(stderr)
        .spawn()
        .unwrap();
    let mut process = Process::adopt(child);
    let mut calls = same("nope", &json!({}));
    calls.push(call("print", "print_much", json!({ "lines": 10 })));
    calls.push(call("panic", "explode", json!({})));
    assert_eq!(answers(&mut process, &calls), calls.len());
    process.close();
    process.assert_success();
}

/// The `probe` after the shell has applied `redirection`.
fn redirected(redirection: &str, args: &[&str]) -> Command {
    let mut command = probe();
    let probe = command.get_program().to_owned();
    let script = format!("exec \"$0\" \"$@\" {redirection}");
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(script).arg(probe).args(args);
    for (name, _) in command.arg("").get_envs() {
        shell.env_remove(name);
    }
    shell
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_stderr_ends_nothing() {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    answers_with(&mut probe(), full.into());
}

#[test]
fn a_closed_stderr_ends_nothing() {
    answers_with(&mut redirected("2>&-", &[]), Stdio::null());
}

#[test]
fn a_stderr_whose_reader_has_exited_ends_nothing() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    answers_with(&mut probe(), writer.into());
}

#[test]
fn http_starts_with_a_full_closed_or_broken_stderr() {
    for redirection in ["2>/dev/full", "2>&-"] {
        let mut server = Listening::unheard(|args| {
            Process::adopt(redirected(redirection, args).spawn().unwrap())
        });
        refused(&mut server.connect());
        assert_terminates(&mut server.process);
    }
}
