//! Clients that do not read, and functions that do not yield, or panic.

use std::io;
use std::thread;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::json;

use crate::time::report;
use crate::wire::{self, call};
use crate::{Attack, Rows, target};

pub(crate) const ATTACKS: &[Attack] = &[
    ("stderr unread", |rows| report(stderr(rows), rows)),
    ("printing tool", |rows| report(printing(rows), rows)),
    ("blocking tool", |rows| report(blocking(rows), rows)),
    ("spinning tool", |rows| report(spinning(rows), rows)),
    ("panics", |rows| report(panics(rows), rows)),
    ("infinity", |rows| report(infinity(rows), rows)),
    ("SIGHUP", |rows| report(hangup(rows), rows)),
];

fn named(id: usize, tool: &str, arguments: serde_json::Value) -> String {
    let params = json!({ "name": tool, "arguments": arguments });
    wire::modern(id, "tools/call", params, json!({})).to_string()
}

fn stderr(rows: &mut Rows) -> io::Result<()> {
    let (mut server, lines) = target::stdio()?;
    for id in 0..5_000 {
        lines.send(named(id, "nope", json!({})));
    }
    let answered = lines.count(5_000, 10.0);
    rows.holds(
        "5,000 calls of an unknown tool answered",
        answered,
        answered == 5_000,
    );
    lines.send(named(1, &"x".repeat(1_000_000), json!({})));
    rows.holds("a name of 1 MB answered", "", lines.next(10.0).is_some());
    server.signal(Signal::TERM);
    rows.at_most("seconds to end on SIGTERM", server.end(10.0), 4.0);
    Ok(())
}

fn printing(rows: &mut Rows) -> io::Result<()> {
    let (mut server, lines) = target::stdio()?;
    for id in 0..20 {
        lines.send(named(id, "print", json!({ "lines": 2_000 })));
    }
    let answered = lines.count(20, 10.0);
    rows.holds(
        "20 calls that print 2,000 lines each answered",
        answered,
        answered == 20,
    );
    server.signal(Signal::TERM);
    rows.at_most("seconds to end on SIGTERM", server.end(10.0), 4.0);
    Ok(())
}

fn blocking(rows: &mut Rows) -> io::Result<()> {
    let (_server, lines) = target::stdio()?;
    for tool in ["block", "spin"] {
        lines.send(named(1, tool, json!({ "seconds": 4.0 })));
        thread::sleep(Duration::from_millis(300));
        lines.send(named(2, "runs", json!({})));
        let first = lines.next(3.0).map(|answer| answer["id"].clone());
        rows.holds(
            &format!("a call is answered while `{tool}` runs over stdio"),
            "",
            first == Some(json!(2)),
        );
        lines.next(10.0);
    }
    Ok(())
}

fn spinning(rows: &mut Rows) -> io::Result<()> {
    for tool in ["spin", "block"] {
        let (mut server, address) = target::http()?;
        let message = call(tool, json!({ "seconds": 60.0 }));
        let held = wire::start(address, &message, None, &message.to_string())?;
        thread::sleep(Duration::from_millis(500));
        server.signal(Signal::TERM);
        // The deadline of this server is 2 s, followed by the grace period.
        rows.at_most(
            &format!("`{tool}` over HTTP: seconds to end"),
            server.end(20.0),
            9.0,
        );
        drop(held);
        let (mut server, lines) = target::stdio()?;
        lines.send(named(1, tool, json!({ "seconds": 60.0 })));
        thread::sleep(Duration::from_millis(500));
        drop(lines);
        rows.at_most(
            &format!("`{tool}` at the end of input: seconds to end"),
            server.end(20.0),
            9.0,
        );
    }
    Ok(())
}

fn panics(rows: &mut Rows) -> io::Result<()> {
    let (_server, address) = target::http()?;
    let session = wire::session(address, "2025-11-25")?;
    for tool in ["bomb", "unspeakable"] {
        for session in [None, session.as_deref()] {
            let message = match session {
                None => call(tool, json!({})),
                Some(_) => wire::legacy(1, "tools/call", json!({ "name": tool, "arguments": {} })),
            };
            let answer = wire::post(address, &message, session);
            let era = if session.is_some() {
                "session"
            } else {
                "modern"
            };
            let status = answer.map_or(0, |answer| answer.status);
            rows.holds(&format!("`{tool}`, {era}: answered"), status, status == 200);
        }
    }
    let metrics =
        String::from_utf8_lossy(&wire::get(address, "/metrics", "localhost")?.body).into_owned();
    let counted = metrics
        .lines()
        .filter(|line| line.contains("panic") && !line.ends_with(" 0"))
        .count();
    rows.holds(
        "tools with a panic among their outcomes",
        counted,
        counted >= 2,
    );
    Ok(())
}

fn infinity(rows: &mut Rows) -> io::Result<()> {
    let (_server, address) = target::http()?;
    let answer = wire::post(address, &call("infinite", json!({})), None)?;
    let says = answer.json()["result"]["isError"] == true && answer.text().contains('x');
    rows.holds("a result that is no JSON", answer.text(), says);
    Ok(())
}

fn hangup(rows: &mut Rows) -> io::Result<()> {
    let (mut server, address) = target::http()?;
    let message = call("sleep", json!({ "seconds": 1.0 }));
    let mut held = wire::start(address, &message, None, &message.to_string())?;
    thread::sleep(Duration::from_millis(300));
    server.signal(Signal::HUP);
    let answer = wire::finish(&mut held)
        .map(|answer| answer.text())
        .unwrap_or_default();
    rows.holds("a call in flight at SIGHUP", &answer, answer == "slept");
    server.signal(Signal::TERM);
    rows.at_most("seconds to end", server.end(10.0), 4.0);
    Ok(())
}
