//! A server under callgrind, and the totals of what it leaves behind.

use std::{
    collections::HashMap,
    io::ErrorKind,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};

use super::client::{self, Call};
use crate::{
    contender::{Contender, Transport},
    error::Error,
    server::free_addr,
};

/// Has glibc copy in vectors, as callgrind counts each byte of a copy by `rep movsb` as an instruction.
const COPIES: &str = "glibc.cpu.x86_rep_movsb_threshold=1073741824";

/// The costs of calls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Costs {
    /// Instructions in user space.
    pub(super) instructions: u64,
    /// Calls of the allocator for a new block or a larger one.
    pub(super) allocations: u64,
}

impl Costs {
    /// The difference of two runs.
    pub(super) fn minus(self, other: Self) -> Self {
        Self {
            instructions: self.instructions.saturating_sub(other.instructions),
            allocations: self.allocations.saturating_sub(other.allocations),
        }
    }

    /// The costs of one call of `calls`, rounded.
    pub(super) fn divided(self, calls: u64) -> Self {
        Self {
            instructions: (self.instructions + calls / 2) / calls,
            allocations: (self.allocations + calls / 2) / calls,
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
    server: Contender,
    transport: Transport,
    call: Call,
    calls: u32,
) -> Result<Costs, Error> {
    let profile = Profile::new();
    let addr = free_addr()?;
    let itself = std::env::current_exe().map_err(Error::io("finding this program"))?;
    let mut child = Command::new("valgrind")
        .args(["-q", "--tool=callgrind"])
        .arg(format!("--callgrind-out-file={}", profile.0.display()))
        .arg(itself)
        .arg(format!("serve-{}-{}", server.name(), transport.name()))
        .arg(addr.to_string())
        .env("MCP_LOG_LEVEL", "warn")
        .env("GLIBC_TUNABLES", COPIES)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(Error::io("starting valgrind"))?;
    let called = match transport {
        Transport::Http => client::over_http(&mut child, addr, call, calls),
        Transport::Stdio | Transport::Pipelined => client::over_stdio(&mut child, call, calls),
    };
    end(&mut child);
    called?;
    child.wait().map_err(Error::io("ending a server"))?;
    profile.costs()
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

    fn costs(&self) -> Result<Costs, Error> {
        let text =
            std::fs::read_to_string(&self.0).map_err(Error::io("reading callgrind's profile"))?;
        parse(&text).ok_or_else(|| Error::Counts("callgrind's profile has no total".to_owned()))
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The functions of the allocator that are counted.
const ALLOCATORS: [&str; 4] = ["malloc", "calloc", "realloc", "posix_memalign"];

/// Adds up a profile in callgrind's format.
fn parse(profile: &str) -> Option<Costs> {
    let mut names: HashMap<&str, &str> = HashMap::new();
    let (mut total, mut allocations, mut callee) = (None, 0, "");
    for line in profile.lines() {
        if let Some(function) = line.strip_prefix("fn=") {
            named(&mut names, function);
        } else if let Some(function) = line.strip_prefix("cfn=") {
            callee = named(&mut names, function);
        } else if let Some(calls) = line.strip_prefix("calls=") {
            if ALLOCATORS.contains(&callee) {
                allocations += calls.split(' ').next()?.parse::<u64>().ok()?;
            }
        } else if let Some(sum) = line.strip_prefix("totals: ") {
            total = Some(sum.trim().parse().ok()?);
        }
    }
    Some(Costs {
        instructions: total?,
        allocations,
    })
}

/// The name of a function, which is written out where it is first mentioned: `(7) malloc`, and then `(7)`.
fn named<'p>(names: &mut HashMap<&'p str, &'p str>, function: &'p str) -> &'p str {
    match function.split_once(' ') {
        Some((number, name)) => {
            names.insert(number, name);
            name
        }
        None => names.get(function).copied().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Costs, parse};

    #[test]
    fn a_profile_is_added_up() {
        let profile = "events: Ir\nfn=(1) main\n0 5\ncfn=(2) malloc\ncalls=3 0\n0 60\n\
                       fn=(3) other\ncfn=(2)\ncalls=4 0\n0 80\ncfn=(1)\ncalls=9 0\n0 1\ntotals: 151\n";
        assert_eq!(
            parse(profile),
            Some(Costs {
                instructions: 151,
                allocations: 7
            })
        );
        assert_eq!(parse("fn=(1) main\n"), None);
    }
}
