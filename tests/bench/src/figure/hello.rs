//! The first example as a user builds it: its crates, the size of its program, its memory when nobody calls.

use std::{
    net::TcpStream,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use super::Fact;
use crate::{
    cargo::{self, HELLO},
    cpu,
    error::Error,
    lab::Lab,
    program::{size, stripped_size},
    server::free_addr,
};

/// How often, and how long, it is asked whether it listens, and the time after which it is idle.
const CONNECT_TRIES: u32 = 500;
const CONNECT_PAUSE: Duration = Duration::from_millis(20);
const IDLE: Duration = Duration::from_secs(1);

/// The facts that have targets.
pub(crate) const CRATES: &str = "example-hello: crates, itself included";
pub(crate) const STRIPPED: &str = "example-hello: program, stripped";
pub(crate) const MEMORY: &str = "example-hello: memory when idle";

/// Builds it and looks at it.
pub(super) fn measure(lab: &Lab) -> Result<Vec<Fact>, Error> {
    let (selected, name) = HELLO;
    let program = cargo::build(selected, name)?;
    let crates = u32::try_from(cargo::crates(selected)?).unwrap_or(u32::MAX);
    let mut facts = vec![Fact {
        what: CRATES,
        value: f64::from(crates),
        unit: "",
    }];
    let mib = |what, value| Fact {
        what,
        value,
        unit: "MiB",
    };
    facts.push(mib("example-hello: program", size(&program)?));
    facts.extend(stripped_size(&program)?.map(|value| mib(STRIPPED, value)));
    facts.extend(idle(lab, &program)?);
    Ok(facts)
}

fn idle(lab: &Lab, program: &Path) -> Result<Vec<Fact>, Error> {
    let addr = free_addr()?;
    let mut child = lab
        .on_server_core(|| {
            Command::new(program)
                .args(["http", "--bind", &addr.to_string()])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
        })?
        .map_err(Error::io("starting example-hello"))?;
    let is_up = (0..CONNECT_TRIES).any(|_| {
        std::thread::sleep(CONNECT_PAUSE);
        TcpStream::connect(addr).is_ok()
    });
    std::thread::sleep(IDLE);
    let entries = [
        (MEMORY, "VmRSS"),
        (
            "example-hello: memory when idle, without pages of its files",
            "RssAnon",
        ),
    ];
    let facts = entries.into_iter().filter_map(|(what, entry)| {
        let value = cpu::memory(child.id(), entry)?;
        Some(Fact {
            what,
            value,
            unit: "MiB",
        })
    });
    let facts = facts.collect();
    // An error here says that it is gone already.
    let _ = child.kill();
    let _ = child.wait();
    if is_up {
        Ok(facts)
    } else {
        Err(Error::Stalled((CONNECT_PAUSE * CONNECT_TRIES).as_secs()))
    }
}
