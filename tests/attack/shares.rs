//! The share of one caller, and its effect on others.

use std::io;

use serde_json::json;

use crate::time::report;
use crate::wire::{self, call, legacy};
use crate::{Attack, Rows, target};

pub(crate) const ATTACKS: &[Attack] = &[
    ("sessions", |rows| report(sessions(rows), rows)),
    ("session calls", |rows| report(calls(rows), rows)),
    ("rounds", |rows| report(rounds(rows), rows)),
    ("tasks", |rows| report(tasks(rows), rows)),
    ("breaker", |rows| report(breaker(rows), rows)),
    ("half heads", |rows| report(heads(rows), rows)),
    ("foreign hosts", |rows| report(hosts(rows), rows)),
];

fn sessions(rows: &mut Rows) -> io::Result<()> {
    let (_server, address) = target::http()?;
    let first = wire::session(address, "2025-11-25")?;
    let used = wire::post(
        address,
        &legacy(1, "tools/list", json!({})),
        first.as_deref(),
    )?;
    rows.holds("a session that is used", used.status, used.status == 200);
    for _ in 0..1_500 {
        wire::session(address, "2025-11-25")?;
    }
    let newcomer = wire::session(address, "2025-11-25")?;
    rows.holds(
        "a newcomer after 1,500",
        newcomer.is_some(),
        newcomer.is_some(),
    );
    let again = wire::post(
        address,
        &legacy(2, "tools/list", json!({})),
        newcomer.as_deref(),
    )?;
    rows.holds("its first request", again.status, again.status == 200);
    Ok(())
}

fn calls(rows: &mut Rows) -> io::Result<()> {
    let (server, address) = target::http()?;
    let session = wire::session(address, "2025-11-25")?;
    let before = server.memory();
    let message = legacy(
        1,
        "tools/call",
        json!({ "name": "sleep", "arguments": { "seconds": 3600 } }),
    );
    let body = message.to_string();
    for _ in 0..4_000 {
        drop(wire::start(address, &message, session.as_deref(), &body)?);
    }
    rows.at_most("4,000 abandoned calls: MiB", server.memory() - before, 40.0);
    rows.serves_others(address)?;
    Ok(())
}

fn rounds(rows: &mut Rows) -> io::Result<()> {
    let (_server, address) = target::http()?;
    let mut message = call("ask_limited", json!({}));
    for _ in 0..50 {
        let answer = wire::post(address, &message, None)?.json();
        let state = &answer["result"]["requestState"];
        if state.is_string() {
            message["params"]["requestState"] = state.clone();
        }
    }
    let runs = wire::post(address, &call("runs", json!({})), None)?.text();
    rows.at_most(
        "runs of a tool with 2/h in 50 rounds without an answer",
        runs.parse().unwrap_or(f64::NAN),
        2.0,
    );
    Ok(())
}

fn tasks(rows: &mut Rows) -> io::Result<()> {
    let (_server, address) = target::http()?;
    let able = json!({ "extensions": { "io.modelcontextprotocol/tasks": {} } });
    let job = wire::modern(
        1,
        "tools/call",
        json!({ "name": "job", "arguments": { "seconds": 3600 } }),
        able,
    );
    let mut begun = 0;
    for _ in 0..1_100 {
        let answer = wire::post(address, &job, None)?.json();
        begun += usize::from(answer["result"]["resultType"] == "task");
    }
    rows.at_most("tasks of one anonymous caller out of 1,100", begun, 999);
    Ok(())
}

fn breaker(rows: &mut Rows) -> io::Result<()> {
    let (_server, address) = target::http()?;
    for _ in 0..20 {
        wire::post(address, &call("lookup", json!({ "word": "bad" })), None)?;
    }
    let answer = wire::post(address, &call("lookup", json!({ "word": "good" })), None)?;
    rows.holds(
        "a good call after 20 mistakes",
        answer.text(),
        answer.text() == "good",
    );
    Ok(())
}

fn heads(rows: &mut Rows) -> io::Result<()> {
    let (server, address) = target::http()?;
    let half = b"POST /mcp HTTP/1.1\r\nhost: localhost\r\nx-";
    let held: Vec<_> = (0..200)
        .filter_map(|_| wire::open(address, half).ok())
        .collect();
    rows.at_most("MiB for 200 half heads", server.memory(), 100.0);
    rows.serves_others(address)?;
    drop(held);
    Ok(())
}

fn hosts(rows: &mut Rows) -> io::Result<()> {
    let (_server, address) = target::http()?;
    for path in ["/health", "/ready", "/metrics", "/healthz"] {
        let status = wire::get(address, path, "evil.com")?.status;
        rows.holds(&format!("{path} for a foreign Host"), status, status == 403);
    }
    let two =
        "GET /healthz HTTP/1.1\r\nhost: localhost\r\nhost: evil.com\r\nconnection: close\r\n\r\n";
    let status = wire::finish(&mut wire::open(address, two.as_bytes())?)?.status;
    rows.holds("two Host headers", status, status == 400);
    let none = "GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n";
    let status = wire::finish(&mut wire::open(address, none.as_bytes())?)?.status;
    rows.holds("no Host header", status, status == 400);
    Ok(())
}
