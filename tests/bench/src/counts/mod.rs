//! Instructions, allocations and copies of a call, counted by callgrind: figures that no other program on the machine
//! changes.
//!
//! Each server runs twice, with a few calls and with more, so that the difference is that of the calls alone.
//!
//! Two machines count differently in the C library, which chooses its `memcpy` and the like by the processor, has
//! another allocator in each version, and in the kernel's clock. The program's own code is compiled by one compiler, and
//! counts the same everywhere. So these are kept apart: the own instructions, and how often the allocator and the
//! functions that copy are called, are compared on every machine; the instructions of the system where those of the
//! floor are what they were.

mod callgrind;
mod client;
mod table;

use crate::{
    call::Call,
    contender::{Contender, Transport},
    error::Error,
    host::processor,
    lab::Lab,
    report::print_line,
};
pub(crate) use callgrind::Costs;
pub(crate) use table::{Row, Table};

/// The measured calls, by the name of their part of the table.
const PARTS: [(&str, Transport, Call); 4] = [
    ("http", Transport::Http, Call::Add),
    ("stdio", Transport::Stdio, Call::Add),
    ("http-large", Transport::Http, Call::Echo),
    ("stdio-large", Transport::Stdio, Call::Echo),
];

/// The servers of the committed table, the floor first.
const SERVERS: [Contender; 3] = [Contender::Floor, Contender::Ours, Contender::OursAll];

/// Counts, and compares with the table, or writes it.
pub(crate) fn run(write: bool) -> Result<(), Error> {
    let counted = count(&Lab::default(), &SERVERS)?;
    print_line(&counted.to_string());
    if write {
        return counted.write();
    }
    if !cfg!(target_arch = "x86_64") {
        print_line("not compared: the table was counted on x86-64");
        return Ok(());
    }
    let committed = Table::read()?;
    for part in counted.elsewhere(&committed) {
        print_line(&format!(
            "{part}: the C library costs the floor something else here than in the table; its instructions are not compared"
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

/// Counts each kind of call at these servers.
pub(crate) fn count(lab: &Lab, servers: &[Contender]) -> Result<Table, Error> {
    callgrind::check()?;
    let mut rows = Vec::new();
    for (part, transport, call) in PARTS {
        for &server in servers {
            rows.push(Row {
                part: part.to_owned(),
                server: server.name().to_owned(),
                costs: per_call(lab, server, transport, call)?,
            });
        }
    }
    Ok(Table {
        processor: processor(),
        rows,
    })
}

fn per_call(
    lab: &Lab,
    server: Contender,
    transport: Transport,
    call: Call,
) -> Result<Costs, Error> {
    let (few, many) = match call {
        Call::Add => (500, 2500),
        Call::Echo => (2, 12),
    };
    let less = callgrind::measure(lab, server, transport, call, few)?;
    let more = callgrind::measure(lab, server, transport, call, many)?;
    Ok(more.minus(less).divided(u64::from(many - few)))
}
