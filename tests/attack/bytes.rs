//! The memory that a caller makes the server keep.

use std::io;
use std::net::{SocketAddr, TcpStream};

use serde_json::{Value, json};

use crate::time::report;
use crate::wire::{self, call, legacy};
use crate::{Attack, Rows, target};

pub(crate) const ATTACKS: &[Attack] = &[
    ("batch", |rows| report(batch(rows), rows)),
    ("cache keys", |rows| report(cache(rows), rows)),
    ("subscriptions", |rows| report(subscriptions(rows), rows)),
    ("listen", |rows| report(listen(rows), rows)),
    ("capabilities", |rows| report(capabilities(rows), rows)),
    ("bodies held back", |rows| report(bodies(rows), rows)),
];

const LARGE: usize = 3_900_000;

/// The growth of a server's memory since it began, in MiB.
fn grown(rows: &mut Rows, what: &str, server: &target::Target, before: f64, bound: f64) {
    rows.at_most(
        &format!("{what}: MiB kept"),
        server.memory() - before,
        bound,
    );
}

fn batch(rows: &mut Rows) -> io::Result<()> {
    let (server, address) = target::http()?;
    let session = wire::session(address, "2025-03-26")?;
    for members in [101, 20_000, 60_000] {
        let batch = Value::Array(
            (0..members)
                .map(|id| legacy(id, "tools/list", json!({})))
                .collect(),
        );
        let answer = wire::post(address, &batch, session.as_deref())?;
        rows.at_most(
            &format!("{members} members: bytes of answer"),
            answer.body.len(),
            2_000,
        );
    }
    rows.at_most("MiB at its peak", server.peak(), 100.0);
    Ok(())
}

fn cache(rows: &mut Rows) -> io::Result<()> {
    let (server, address) = target::http()?;
    let before = server.memory();
    for number in 0..60 {
        let key = format!("{number}{}", "k".repeat(LARGE));
        wire::post(address, &call("cached", json!({ "key": key })), None)?;
    }
    grown(rows, "60 keys of 3.9 MB", &server, before, 60.0);
    Ok(())
}

fn subscriptions(rows: &mut Rows) -> io::Result<()> {
    let (server, address) = target::http()?;
    let session = wire::session(address, "2025-11-25")?;
    let before = server.memory();
    for number in 0..30 {
        let uri = format!("row://{number}{}", "u".repeat(LARGE));
        wire::post(
            address,
            &legacy(1, "resources/subscribe", json!({ "uri": uri })),
            session.as_deref(),
        )?;
    }
    grown(rows, "30 URIs of 3.9 MB", &server, before, 60.0);
    let before = server.memory();
    for number in 0..2_000 {
        let uri = format!("row://{number}{}", "u".repeat(3_000));
        wire::post(
            address,
            &legacy(1, "resources/subscribe", json!({ "uri": uri })),
            session.as_deref(),
        )?;
    }
    grown(
        rows,
        "2,000 URIs of 3 KB in one session",
        &server,
        before,
        20.0,
    );
    Ok(())
}

/// An open listen stream.
fn listening(address: SocketAddr, id: Value, uris: &[String]) -> io::Result<TcpStream> {
    let params = json!({ "notifications": { "resourceSubscriptions": uris } });
    let message = wire::modern(id, "subscriptions/listen", params, json!({}));
    wire::start(address, &message, None, &message.to_string())
}

fn listen(rows: &mut Rows) -> io::Result<()> {
    let (server, address) = target::http()?;
    let before = server.memory();
    let long = "i".repeat(LARGE);
    let by_id = (0..30).map(|number| listening(address, json!(format!("{number}{long}")), &[]));
    let held: Vec<_> = by_id.collect::<io::Result<_>>()?;
    grown(
        rows,
        "30 streams with ids of 3.9 MB",
        &server,
        before,
        150.0,
    );
    drop(held);
    let (server, address) = target::http()?;
    let before = server.memory();
    let uris: Vec<String> = (0..1_000)
        .map(|number| format!("row://{number}{}", "u".repeat(3_000)))
        .collect();
    let many = (0..60).map(|_| listening(address, json!(1), &uris));
    let held: Vec<_> = many.collect::<io::Result<_>>()?;
    grown(
        rows,
        "60 streams of 1,000 URIs of 3 KB",
        &server,
        before,
        150.0,
    );
    rows.serves_others(address)?;
    drop(held);
    Ok(())
}

fn capabilities(rows: &mut Rows) -> io::Result<()> {
    let (server, address) = target::http()?;
    let before = server.memory();
    for _ in 0..60 {
        let mut message = wire::initialize("2025-11-25");
        message["params"]["capabilities"] =
            json!({ "extensions": { "x/y": { "z": "e".repeat(LARGE) } } });
        wire::post(address, &message, None)?;
    }
    grown(
        rows,
        "60 sessions that declare 3.9 MB",
        &server,
        before,
        60.0,
    );
    Ok(())
}

fn bodies(rows: &mut Rows) -> io::Result<()> {
    let (server, address) = target::http()?;
    let before = server.memory();
    let mut text = wire::head(LARGE + 1, &[]).into_bytes();
    text.resize(text.len() + LARGE, b' ');
    let held: Vec<_> = (0..150)
        .filter_map(|_| wire::open(address, &text).ok())
        .collect();
    grown(
        rows,
        "150 bodies that miss one byte",
        &server,
        before,
        300.0,
    );
    rows.serves_others(address)?;
    drop(held);
    Ok(())
}
