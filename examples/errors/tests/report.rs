//! Tests of the reports that the tracker receives.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

#[test]
fn an_error_is_reported_with_the_request_that_it_belongs_to() {
    let tracker = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut server = Command::new(env!("CARGO_BIN_EXE_example-errors"))
        .env("ERROR_TRACKER", tracker.local_addr().unwrap().to_string())
        // The tracker has its own levels.
        .env("MCP_LOG_LEVEL", "off")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "traceparent": trace,
    });
    let params = json!({ "name": "charge", "arguments": { "cents": 200_000 }, "_meta": meta });
    let call = json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params });
    writeln!(server.stdin.as_mut().unwrap(), "{call}").unwrap();
    let (reports, report) = channel();
    thread::spawn(move || {
        let (mut connection, _) = tracker.accept().unwrap();
        let mut text = String::new();
        connection.read_to_string(&mut text).unwrap();
        reports.send(text)
    });
    let report = report.recv_timeout(Duration::from_mins(1));
    drop(server.stdin.take());
    server.wait().unwrap();
    let report = report.expect("no report within a minute");
    let (_, body) = report.split_once("\r\n\r\n").unwrap();
    let report: Value = serde_json::from_str(body).unwrap();
    assert_eq!(
        [
            &report["tool"],
            &report["id"],
            &report["method"],
            &report["era"],
            &report["trace_id"]
        ],
        ["charge", "7", "tools/call", "2026-07-28", &trace[3..35]]
    );
    let error = report["error"].as_str().unwrap();
    assert!(error.contains("the bank does not answer"), "{report}");
    assert!(
        !report["reference"].as_str().unwrap().is_empty(),
        "{report}"
    );
}
