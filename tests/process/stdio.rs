//! stdio of a real process: the end of input, long lines, and a client that does not read.

use std::io::{Read as _, Write as _};
use std::process::Stdio;

use serde_json::json;

use super::child::{Process, call, probe, request};

#[test]
fn the_end_of_input_completes_calls_in_flight_and_exits_0() {
    let mut process = Process::stdio();
    process.send(call("slow", "slow", json!({})));
    process.send(call("quick", "add", json!({ "a": 1, "b": 2 })));
    process.close();
    let mut ids = Vec::new();
    while let Some(message) = process.receive() {
        if message.get("result").is_some() {
            ids.push(message["id"].clone());
        }
    }
    assert_eq!(ids, ["quick", "slow"]);
    process.assert_success();
}

#[test]
fn every_request_is_answered_however_many_there_are() {
    let mut process = Process::stdio();
    // More than the maximum in flight, and more than fits in a pipe.
    let calls: Vec<_> = (0..1500)
        .map(|id| request(&id.to_string(), "tools/call", json!({ "name": "brief" })))
        .collect();
    process.write(&calls.join("\n"));
    process.close();
    let mut answered = 0;
    while let Some(message) = process.receive() {
        assert_eq!(message["result"]["content"], json!([]), "{message:#}");
        answered += 1;
    }
    assert_eq!(answered, calls.len());
    process.assert_success();
}

#[test]
fn an_empty_input_exits_0() {
    let mut process = Process::stdio();
    process.close();
    assert_eq!(process.receive(), None);
    process.assert_success();
}

#[test]
fn a_last_line_without_its_end_is_read() {
    let mut process = Process::start(&mut probe());
    process.write(&request("1", "tools/list", json!({})));
    process.close();
    assert_eq!(process.receive().unwrap()["id"], "1");
    process.assert_success();
}

#[test]
fn an_open_subscription_does_not_outlive_the_input() {
    let mut process = Process::stdio();
    process.send(request(
        "l",
        "subscriptions/listen",
        json!({ "notifications": { "toolsListChanged": true } }),
    ));
    assert_eq!(
        process.receive().unwrap()["method"],
        "notifications/subscriptions/acknowledged"
    );
    process.close();
    assert_eq!(process.receive().unwrap()["id"], "l");
    process.assert_success();
}

#[test]
fn a_call_that_never_ends_does_not_outlive_the_input_and_the_deadline() {
    let mut process = Process::start(probe().env("PROBE_DEADLINE_MS", "100"));
    process.send(call("stuck", "stuck", json!({})));
    assert_eq!(
        process.receive().unwrap()["method"],
        "notifications/progress"
    );
    process.close();
    let answer = process.receive().unwrap();
    assert_eq!(
        (&answer["id"], &answer["result"]["isError"]),
        (&json!("stuck"), &json!(true))
    );
    process.assert_success();
}

#[test]
fn a_line_over_the_limit_is_refused_with_its_id_and_the_next_is_read() {
    let mut process = Process::stdio();
    let text = "x".repeat(5 << 20);
    process.send(&text);
    let params = json!({ "name": "echo", "arguments": { "text": text, "id": 1 } }).to_string();
    for (head, tail) in [(r#""id":5,"#, ""), ("", r#","id":"last""#)] {
        process.send(format!(
            r#"{{"jsonrpc":"2.0",{head}"method":"tools/call","params":{params}{tail}}}"#
        ));
    }
    process.send(format!(
        r#"{{"jsonrpc":"2.0","method":"notifications/x","params":{params}}}"#
    ));
    process.send(call("long", "echo", json!({ "text": "y".repeat(3 << 20) })));
    for id in [None, Some(json!(5)), Some(json!("last"))] {
        let refused = process.receive().unwrap();
        assert_eq!(
            (&refused["error"]["code"], refused.get("id")),
            (&json!(-32600), id.as_ref())
        );
        let message = refused["error"]["message"].as_str().unwrap();
        assert_eq!(message, "the message is larger than 4194304 bytes");
    }
    let answer = process.receive().unwrap();
    assert_eq!(
        answer["result"]["content"][0]["text"]
            .as_str()
            .unwrap()
            .len(),
        3 << 20
    );
    process.close();
    process.assert_success();
}

#[test]
fn lines_may_arrive_in_any_chunks() {
    let mut process = Process::stdio();
    let line = format!(
        "{}\r\n\n  \n{}\n",
        request("1", "tools/list", json!({})),
        request("2", "tools/list", json!({}))
    );
    for piece in line.as_bytes().chunks(7) {
        process.write(std::str::from_utf8(piece).unwrap());
    }
    assert_eq!(process.receive().unwrap()["id"], "1");
    assert_eq!(process.receive().unwrap()["id"], "2");
    process.close();
    assert_eq!(process.receive(), None);
    process.assert_success();
}

#[test]
fn a_client_that_closes_its_end_of_the_output_ends_the_server() {
    let mut child = probe()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    // Its input stays open: only writing the response shows that nobody reads.
    let mut process = Process::adopt(child);
    process.send(request("1", "tools/list", json!({})));
    process.assert_success();
}

#[test]
fn a_client_that_reads_nothing_and_closes_its_end_of_the_input_ends_the_server() {
    let mut child = probe()
        .env("PROBE_DEADLINE_MS", "100")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let answer = "z".repeat(1 << 20);
    writeln!(stdin, "{}", call("1", "echo", json!({ "text": answer }))).unwrap();
    let mut output = child.stdout.take().unwrap();
    let mut first = [0];
    output.read_exact(&mut first).unwrap();
    drop(stdin);
    Process::adopt(child).assert_success();
    drop(output);
}

#[test]
fn a_client_that_reads_nothing_does_not_delay_the_shutdown() {
    let mut child = probe()
        .env("PROBE_DEADLINE_MS", "100")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // More than fits in a pipe, so that the writer blocks.
    let answer = "z".repeat(1 << 20);
    writeln!(stdin, "{}", call("1", "echo", json!({ "text": answer }))).unwrap();
    let mut output = child.stdout.take().unwrap();
    let mut first = [0];
    output.read_exact(&mut first).unwrap();
    let mut process = Process::adopt(child);
    process.terminate();
    process.assert_success();
    drop((stdin, output));
}
