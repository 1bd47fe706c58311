//! Messages that cost more than their size.
//!
//! The bound is a multiple of a plain read of the same message by `serde_json`, in this process and the same build: a slow
//! or busy machine slows both. In a release build each of these messages costs less than 100 ms of a processor per MiB.

use std::hint::black_box;
use std::io;

use serde_json::{Value, json};

use crate::wire::{self, call};
use crate::{Attack, Rows, target};

pub(crate) const ATTACKS: &[Attack] = &[
    ("nested arguments", nested),
    ("wrong arguments", wrong),
    ("redaction", redaction),
    ("long names", long),
];

/// The processor time that any message may cost, in seconds: the start of the server and of its first call.
const START: f64 = 0.6;
/// The processor time of a byte, in seconds, apart from its reading.
const BYTE: f64 = 0.25e-6;

/// Returns the seconds of a processor that a message may cost: those of its bytes and of `reads` plain reads of it.
fn worth(message: &Value, reads: f64) -> f64 {
    let text = message.to_string();
    let before = target::own_cpu();
    for _ in 0..4 {
        let _ = black_box(serde_json::from_str::<Value>(black_box(&text)));
    }
    let read = (target::own_cpu() - before) / 4.0;
    START + BYTE * f64::from(u32::try_from(text.len()).unwrap_or(u32::MAX)) + reads * read
}

/// Sends `message`, and adds the processor time of its response to the table; its bound is that of `reads` plain
/// reads.
fn costs(rows: &mut Rows, what: &str, message: &Value, reads: f64) -> io::Result<()> {
    let (server, address) = target::http()?;
    let size = message.to_string().len();
    let bound = worth(message, reads);
    let answer = wire::post(address, message, None);
    let answered = answer
        .as_ref()
        .map_or_else(ToString::to_string, |it| it.status.to_string());
    rows.holds(
        &format!("{what}, {size} bytes: answered"),
        answered,
        answer.is_ok(),
    );
    rows.at_most(
        &format!("{what}: seconds of processor"),
        server.cpu(),
        bound,
    );
    rows.at_most(&format!("{what}: MiB at its peak"), server.peak(), 400.0);
    let health = wire::get(address, "/healthz", "localhost").map_or(0, |it| it.status);
    rows.holds(&format!("{what}: health afterwards"), health, health == 200);
    Ok(())
}

fn nested(rows: &mut Rows) {
    for (depth, leaves) in [(12, 1), (18, 500), (40, 500), (63, 1), (120, 1)] {
        let leaf = json!({ "op": "Eq", "field": "a", "value": "x" });
        let mut filter = json!({ "op": "And", "items": vec![leaf; leaves] });
        for _ in 0..depth {
            filter = json!({ "op": "And", "items": [filter] });
        }
        let message = call("filter", json!({ "filter": filter }));
        let what = format!("{leaves} leaves {depth} deep");
        report(costs(rows, &what, &message, 12.0), rows);
    }
}

fn wrong(rows: &mut Rows) {
    let points =
        |point: Value, number: usize| call("points", json!({ "items": vec![point; number] }));
    for (what, message) in [
        ("1,000,000 empty objects", points(json!({}), 1_000_000)),
        (
            "300,000 texts for numbers",
            points(json!({ "x": "a", "y": "b" }), 150_000),
        ),
        (
            "200,000 coercible members",
            points(json!({ "x": "1", "y": "2" }), 100_000),
        ),
    ] {
        report(costs(rows, what, &message, 12.0), rows);
    }
}

fn redaction(rows: &mut Rows) {
    let keys: Vec<String> = (0..200_000).map(|number| format!("k{number:06}")).collect();
    let message = call(
        "redacted",
        json!({ "keys": keys, "note": "n".repeat(1_000_000) }),
    );
    report(costs(rows, "200,000 redacted keys", &message, 12.0), rows);
}

fn long(rows: &mut Rows) {
    let name = "x".repeat(3_000_000);
    for (what, message) in [
        (
            "name of a tool of 3 MB",
            wire::modern(1, "tools/call", json!({ "name": name }), json!({})),
        ),
        (
            "cursor of 3 MB",
            wire::modern(1, "tools/list", json!({ "cursor": name }), json!({})),
        ),
        (
            "URI of 3 MB",
            wire::modern(
                1,
                "resources/read",
                json!({ "uri": format!("row://{name}") }),
                json!({}),
            ),
        ),
    ] {
        report(long_one(rows, what, &message), rows);
    }
}

/// A header cannot be as long as the name, so this goes through a session.
fn long_one(rows: &mut Rows, what: &str, message: &Value) -> io::Result<()> {
    let (server, address) = target::http()?;
    let session = wire::session(address, "2025-11-25")?;
    let mut message = message.clone();
    if let Some(params) = message["params"].as_object_mut() {
        params.remove("_meta");
    }
    let answer = wire::post(address, &message, session.as_deref())?;
    rows.at_most(
        &format!("{what}: bytes of answer"),
        answer.body.len(),
        2_000,
    );
    let bound = worth(&message, 12.0);
    rows.at_most(
        &format!("{what}: seconds of processor"),
        server.cpu(),
        bound,
    );
    Ok(())
}

/// A lost connection is a figure out of bounds.
pub(crate) fn report(outcome: io::Result<()>, rows: &mut Rows) {
    if let Err(error) = outcome {
        rows.holds("the attack itself", error, false);
    }
}
