//! Messages that cost more than their size.

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

/// Sends `message`, and leaves the processor time of its answer in the table.
fn costs(rows: &mut Rows, what: &str, message: &Value, bound: f64) -> io::Result<()> {
    let (server, address) = target::http()?;
    let size = message.to_string().len();
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
        report(costs(rows, &what, &message, 0.6), rows);
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
        report(costs(rows, what, &message, 2.0), rows);
    }
}

fn redaction(rows: &mut Rows) {
    let keys: Vec<String> = (0..200_000).map(|number| format!("k{number:06}")).collect();
    let message = call(
        "redacted",
        json!({ "keys": keys, "note": "n".repeat(1_000_000) }),
    );
    report(costs(rows, "200,000 redacted keys", &message, 2.0), rows);
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
    rows.at_most(&format!("{what}: seconds of processor"), server.cpu(), 0.5);
    Ok(())
}

/// A connection that broke is a figure out of bounds.
pub(crate) fn report(outcome: io::Result<()>, rows: &mut Rows) {
    if let Err(error) = outcome {
        rows.holds("the attack itself", error, false);
    }
}
