//! Instructions and allocations of a call, counted by callgrind: figures that no other program on the machine changes.
//!
//! Each server runs twice, with a few calls and with more, so that the difference is that of the calls alone.

mod callgrind;
mod client;
mod table;

use crate::{
    contender::{Contender, Transport},
    error::Error,
    report::print_line,
};
use callgrind::Costs;
use client::Call;
use table::{Row, Table};

/// The measured calls, by the name of their part of the table.
const PARTS: [(&str, Transport, Call); 4] = [
    ("http", Transport::Http, Call::Add),
    ("stdio", Transport::Stdio, Call::Add),
    ("http-large", Transport::Http, Call::Echo),
    ("stdio-large", Transport::Stdio, Call::Echo),
];

/// The servers that are compared, the floor first.
const SERVERS: [Contender; 3] = [Contender::Floor, Contender::Ours, Contender::OursAll];

/// Counts, and compares with the table, or writes it.
pub(crate) fn run(write: bool) -> Result<(), Error> {
    callgrind::check()?;
    let mut rows = Vec::new();
    for (part, transport, call) in PARTS {
        for server in SERVERS {
            rows.push(Row {
                part: part.to_owned(),
                server: server.name().to_owned(),
                costs: per_call(server, transport, call)?,
            });
        }
    }
    let counted = Table {
        processor: table::processor(),
        rows,
    };
    if write {
        counted.write()?;
        print_line(&counted.to_string());
        return Ok(());
    }
    let committed = Table::read()?;
    print_line(&counted.to_string());
    if counted.processor != committed.processor {
        print_line("not compared: the table was counted on another processor");
        return Ok(());
    }
    for part in counted.incomparable(&committed) {
        print_line(&format!(
            "{part} is not compared: its floor counts differently here than in the table"
        ));
    }
    let changes = counted.changes(&committed);
    if changes.is_empty() {
        return Ok(());
    }
    Err(Error::Counts(format!(
        "the cost of calls has changed; if that is meant, run with `--counts --write`, and commit the table:\n{}",
        changes.join("\n")
    )))
}

fn per_call(server: Contender, transport: Transport, call: Call) -> Result<Costs, Error> {
    let (few, many) = call.repetitions();
    let less = callgrind::measure(server, transport, call, few)?;
    let more = callgrind::measure(server, transport, call, many)?;
    Ok(more.minus(less).divided(u64::from(many - few)))
}
