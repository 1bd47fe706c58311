//! The machine, the time and the build of a report.

use std::{
    fmt::{self, Display, Formatter},
    process::Command,
};

use serde::Serialize;

use crate::cpu::Cores;

/// The machine and the time of a report.
#[derive(Debug, Serialize)]
pub(crate) struct Host {
    date: String,
    revision: String,
    command: String,
    processor: String,
    kernel: String,
    compiler: String,
    cores: Option<Cores>,
}

impl Host {
    /// Reads them from the system.
    pub(crate) fn look(cores: Option<Cores>) -> Self {
        let arguments: Vec<_> = std::env::args().skip(1).collect();
        let build = if cfg!(debug_assertions) {
            ""
        } else {
            " --release"
        };
        Self {
            date: said("date", &["-u", "+%Y-%m-%d"]),
            revision: said("git", &["rev-parse", "--short", "HEAD"]),
            command: format!("cargo run{build} -p bench -- {}", arguments.join(" ")),
            processor: processor(),
            kernel: said("uname", &["-sr"]),
            compiler: said("rustc", &["--version"]),
            cores,
        }
    }
}

/// Returns the name of the processor, as Linux reports it.
pub(crate) fn processor() -> String {
    let known = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = known.lines().find(|line| line.starts_with("model name"));
    let name = line.and_then(|line| line.split_once(':'));
    name.map_or_else(String::new, |(_, name)| name.trim().to_owned())
}

/// Returns the output of a program; a question mark if there is none.
fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().ok();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    text.filter(|text| !text.is_empty())
        .unwrap_or_else(|| "?".to_owned())
}

impl Display for Host {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self {
            date,
            revision,
            command,
            processor,
            kernel,
            compiler,
            cores,
        } = self;
        writeln!(
            f,
            "`{command}`, {date}, at {revision}: {processor}, {kernel}, {compiler}."
        )?;
        f.write_str(if cfg!(debug_assertions) {
            "A debug build: its numbers are meaningless. "
        } else {
            "Every server is built with cargo's own release profile (opt-level 3, 16 codegen units, no LTO), as users build theirs. "
        })?;
        match cores {
            Some(Cores { server, load }) => writeln!(
                f,
                "Servers on core {server} with one thread for calls; load generator, and a Redis, on core {load}.\n"
            ),
            None => writeln!(
                f,
                "No process is pinned to a core: there is one core, or the system has no affinity.\n"
            ),
        }
    }
}
