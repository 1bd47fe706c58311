//! A server under callgrind, and the totals of what it leaves behind.

use std::{
    collections::HashMap,
    io::ErrorKind,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};
use serde::Serialize;

use super::client;
use crate::{
    call::Call,
    contender::{Contender, Transport},
    error::Error,
    lab::Lab,
    server::free_addr,
};

/// Has glibc copy in vectors, as callgrind counts each byte of a copy by `rep movsb` as an instruction.
const COPIES: &str = "glibc.cpu.x86_rep_movsb_threshold=1073741824";

/// The costs of calls, apart by who decides them: the program's own code is the same on every machine, but the C library
/// chooses its code by the processor, and differs between systems.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Costs {
    /// Instructions of the program's own code.
    pub(crate) own: u64,
    /// Instructions of libraries that are part of the system: the C library, the clock of the kernel.
    pub(crate) system: u64,
    /// Calls of the allocator for a new block or a larger one.
    pub(crate) allocations: u64,
    /// Calls that copy memory.
    pub(crate) copies: u64,
}

impl Costs {
    /// All instructions in user space.
    pub(crate) fn instructions(self) -> u64 {
        self.own + self.system
    }

    /// The difference of two runs.
    pub(super) fn minus(self, other: Self) -> Self {
        self.with(other, u64::saturating_sub)
    }

    /// The costs of one call of `calls`, rounded.
    pub(super) fn divided(self, calls: u64) -> Self {
        self.with(self, |sum, _| (sum + calls / 2) / calls)
    }

    fn with(self, other: Self, of: impl Fn(u64, u64) -> u64) -> Self {
        Self {
            own: of(self.own, other.own),
            system: of(self.system, other.system),
            allocations: of(self.allocations, other.allocations),
            copies: of(self.copies, other.copies),
        }
    }
}

/// Returns an error where there is no callgrind.
pub(super) fn check() -> Result<(), Error> {
    let found = Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    match found {
        Ok(status) if status.success() => Ok(()),
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(Error::io("starting valgrind")(error))
        }
        _ => Err(Error::Counts(
            "valgrind counts the instructions, and is not here: install it (apt-get install valgrind)"
                .to_owned(),
        )),
    }
}

/// Has a server answer `calls` calls, one at a time, and returns what all of its life has cost.
pub(super) fn measure(
    lab: &Lab,
    server: Contender,
    transport: Transport,
    call: Call,
    calls: u32,
) -> Result<Costs, Error> {
    let profile = Profile::new();
    let addr = free_addr()?;
    let program = lab.program(server)?;
    let mut child = Command::new("valgrind")
        .args(["-q", "--tool=callgrind"])
        .arg(format!("--callgrind-out-file={}", profile.0.display()))
        .arg(&program)
        .args(server.arguments(transport, addr))
        .env("MCP_LOG_LEVEL", "warn")
        .env("GLIBC_TUNABLES", tunables())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(Error::io("starting valgrind"))?;
    let called = match transport {
        Transport::Http => client::over_http(&mut child, addr, call, calls),
        Transport::Stdio => client::over_stdio(&mut child, call, calls),
    };
    end(&mut child);
    called?;
    child.wait().map_err(Error::io("ending a server"))?;
    profile.costs(&program)
}

/// The settings of the C library, behind those of the environment.
fn tunables() -> String {
    match std::env::var("GLIBC_TUNABLES") {
        Ok(set) if !set.is_empty() => format!("{set}:{COPIES}"),
        _ => COPIES.to_owned(),
    }
}

/// Ends a server in the ways that it knows, after which callgrind writes its profile.
fn end(child: &mut Child) {
    drop(child.stdin.take());
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let Some(pid) = pid {
        // An error says that it has ended.
        let _ = kill_process(pid, Signal::TERM);
    }
}

/// The file of one profile, which is removed with it.
struct Profile(PathBuf);

impl Profile {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("callgrind.bench.{}", std::process::id())))
    }

    fn costs(&self, program: &Path) -> Result<Costs, Error> {
        let text =
            std::fs::read_to_string(&self.0).map_err(Error::io("reading callgrind's profile"))?;
        let program = program.display().to_string();
        parse(&text, &program).ok_or_else(|| {
            Error::Counts("callgrind's profile has no costs of the server".to_owned())
        })
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The functions of the allocator that are counted.
const ALLOCATORS: [&str; 4] = ["malloc", "calloc", "realloc", "posix_memalign"];

/// The beginnings of the names of functions that copy, behind underscores: the C library has several of each.
const COPIERS: [&str; 2] = ["memcpy", "memmove"];

/// Adds up a profile in callgrind's format; `program` is the file whose code is the program's own.
fn parse(profile: &str, program: &str) -> Option<Costs> {
    let (mut files, mut functions) = (Names::default(), Names::default());
    let mut costs = Costs::default();
    let (mut object, mut callee) = ("", "");
    let mut is_of_callee = false;
    for line in profile.lines() {
        if let Some(file) = line.strip_prefix("ob=") {
            object = files.resolve(file);
        } else if let Some(file) = line.strip_prefix("cob=") {
            files.resolve(file);
        } else if let Some(function) = line.strip_prefix("fn=") {
            functions.resolve(function);
        } else if let Some(function) = line.strip_prefix("cfn=") {
            callee = functions.resolve(function);
        } else if let Some(calls) = line.strip_prefix("calls=") {
            costs.count_calls(callee, calls.split(' ').next()?.parse().ok()?);
            is_of_callee = true;
        } else if line.starts_with(|first: char| first.is_ascii_digit() || "+-*".contains(first)) {
            // The line behind `calls=` has the costs inside the callee, which has lines of its own.
            if !std::mem::take(&mut is_of_callee) {
                let cost: u64 = line.split(' ').nth(1)?.parse().ok()?;
                *(if object == program {
                    &mut costs.own
                } else {
                    &mut costs.system
                }) += cost;
            }
        }
    }
    (costs.own > 0).then_some(costs)
}

impl Costs {
    fn count_calls(&mut self, callee: &str, calls: u64) {
        let copier = callee.trim_start_matches('_');
        if ALLOCATORS.contains(&callee) {
            self.allocations += calls;
        } else if COPIERS.iter().any(|name| copier.starts_with(name)) {
            self.copies += calls;
        }
    }
}

/// Names that are written out where they are first mentioned: `(7) malloc`, and then `(7)`.
#[derive(Default)]
struct Names<'p>(HashMap<&'p str, &'p str>);

impl<'p> Names<'p> {
    fn resolve(&mut self, written: &'p str) -> &'p str {
        match written.split_once(' ') {
            Some((number, name)) => {
                self.0.insert(number, name);
                name
            }
            None => self.0.get(written).copied().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Costs, parse};

    const PROFILE: &str = "events: Ir\nob=(1) /bin/server\nfn=(1) main\n10 5\n+2 6\ncob=(2) /lib/libc.so\n\
                           cfn=(2) malloc\ncalls=3 0\n* 60\ncfn=(4) __memcpy_avx_unaligned\ncalls=2 0\n* 9\n\
                           ob=(2)\nfn=(2)\n0 60\nfn=(4)\n0 9\nob=(1)\nfn=(3) other\n-7 1\ncob=(2)\n\
                           cfn=(2)\ncalls=4 0\n0 80\ncfn=(1)\ncalls=9 0\n0 1\ntotals: 161\n";

    #[test]
    fn a_profile_is_added_up_by_whose_code_it_is() {
        assert_eq!(
            parse(PROFILE, "/bin/server"),
            Some(Costs {
                own: 12,
                system: 69,
                allocations: 7,
                copies: 2,
            })
        );
        assert_eq!(parse(PROFILE, "/bin/another"), None);
    }
}
