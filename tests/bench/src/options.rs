//! The command line, read by hand: a few words and flags.

use std::{net::SocketAddr, time::Duration};

use crate::{
    contender::{Contender, Transport},
    error::Error,
};

/// What `--help` and a mistake print.
pub(crate) const USAGE: &str = "\
usage: bench [http] [stdio] [pipelined] [--quick] [--json] [--rounds N] [--seconds S]

  http           only over HTTP (default: all three)
  stdio          only over stdio, a call at a time: beside a loop that reads a line, answers it and writes
  pipelined      only over stdio, 64 calls in flight: beside a loop that reads and writes in batches
  --quick        a short run that shows it works; its numbers mean little
  --json         the report as one JSON object
  --rounds N     pairs of runs per transport (default 7)
  --seconds S    length of one run (default 2)

       bench --counts [--write]

  counts the instructions and the allocations of a call by callgrind, and compares them with counts.txt
  --write        writes counts.txt instead

       bench serve-{floor,ours,ours-all}-{http,stdio,pipelined} [ADDR] [--core N]

  one of the servers by itself (HTTP default: 127.0.0.1:8080, at /mcp)";

/// What the command line asks for.
#[derive(Debug, PartialEq)]
pub(crate) enum Command {
    /// Be one of the servers.
    Serve {
        /// Whose server.
        contender: Contender,
        /// Over what.
        transport: Transport,
        /// Where it listens; stdio has no use for it.
        addr: SocketAddr,
        /// The core it is pinned to.
        core: Option<usize>,
    },
    /// Compare them.
    Compare(Plan),
    /// Count instructions, and compare them with the table, or write it.
    Counts {
        /// `true` to write the table.
        write: bool,
    },
    /// Print the usage.
    Help,
}

/// How a comparison runs and how it is reported.
#[derive(Debug, PartialEq)]
pub(crate) struct Plan {
    /// The transports, in order.
    pub(crate) transports: Vec<Transport>,
    /// Pairs of runs per transport.
    pub(crate) rounds: u32,
    /// The part of each run that counts.
    pub(crate) measured: Duration,
    /// The part before it that does not.
    pub(crate) warm_up: Duration,
    /// What the report looks like.
    pub(crate) format: Format,
}

/// What a report looks like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Format {
    /// A table for people.
    Text,
    /// One JSON object.
    Json,
}

/// Reads the arguments behind the program's name.
pub(crate) fn parse(args: impl Iterator<Item = String>) -> Result<Command, Error> {
    let mut args = args.peekable();
    match args.peek().and_then(|word| served(word)) {
        Some((contender, transport)) => serve(contender, transport, args.skip(1)),
        None if args.next_if(|word| word == "--counts").is_some() => counts(args),
        None => compare(args),
    }
}

fn served(word: &str) -> Option<(Contender, Transport)> {
    let (contender, transport) = word.strip_prefix("serve-")?.rsplit_once('-')?;
    Some((Contender::named(contender)?, Transport::named(transport)?))
}

fn serve(
    contender: Contender,
    transport: Transport,
    mut args: impl Iterator<Item = String>,
) -> Result<Command, Error> {
    let mut addr = SocketAddr::from(([127, 0, 0, 1], 8080));
    let mut core = None;
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--core" => core = Some(value("--core", args.next())?),
            _ => addr = value("ADDR", Some(arg))?,
        }
    }
    Ok(Command::Serve {
        contender,
        transport,
        addr,
        core,
    })
}

fn counts(args: impl Iterator<Item = String>) -> Result<Command, Error> {
    let mut write = false;
    for arg in args {
        match arg.as_str() {
            "--write" => write = true,
            other => return Err(Error::Usage(format!("unknown argument `{other}`"))),
        }
    }
    Ok(Command::Counts { write })
}

fn compare(mut args: impl Iterator<Item = String>) -> Result<Command, Error> {
    let mut plan = Plan {
        transports: Vec::new(),
        rounds: 7,
        measured: Duration::from_secs(2),
        warm_up: Duration::from_millis(500),
        format: Format::Text,
    };
    while let Some(arg) = args.next() {
        match (arg.as_str(), Transport::named(&arg)) {
            (_, Some(transport)) => plan.transports.push(transport),
            ("--quick", _) => {
                plan.rounds = 3;
                plan.measured = Duration::from_millis(200);
                plan.warm_up = Duration::from_millis(50);
            }
            ("--json", _) => plan.format = Format::Json,
            ("--rounds", _) => {
                plan.rounds = value::<std::num::NonZeroU32>("--rounds", args.next())?.get();
            }
            ("--seconds", _) => plan.measured = seconds(args.next())?,
            ("--help" | "-h", _) => return Ok(Command::Help),
            (other, _) => return Err(Error::Usage(format!("unknown argument `{other}`"))),
        }
    }
    if plan.transports.is_empty() {
        plan.transports = Transport::ALL.to_vec();
    }
    Ok(Command::Compare(plan))
}

fn seconds(written: Option<String>) -> Result<Duration, Error> {
    let seconds: f64 = value("--seconds", written)?;
    Duration::try_from_secs_f64(seconds.clamp(0.05, 600.0))
        .map_err(|error| Error::Usage(format!("bad `--seconds`: {error}")))
}

fn value<T: std::str::FromStr<Err: std::fmt::Display>>(
    key: &str,
    written: Option<String>,
) -> Result<T, Error> {
    let written = written.ok_or_else(|| Error::Usage(format!("`{key}` needs a value")))?;
    written
        .parse()
        .map_err(|error| Error::Usage(format!("bad {key} `{written}`: {error}")))
}

#[cfg(test)]
mod tests {
    use super::{Command, Contender, Format, Transport, parse};

    fn parsed(line: &str) -> Option<Command> {
        parse(line.split_whitespace().map(str::to_owned)).ok()
    }

    #[test]
    fn a_bare_command_compares_both_transports() {
        let Some(Command::Compare(plan)) = parsed("") else {
            panic!("a comparison")
        };
        assert_eq!(plan.transports, Transport::ALL);
        assert_eq!(plan.format, Format::Text);
    }

    #[test]
    fn words_and_flags_narrow_it() {
        let Some(Command::Compare(plan)) = parsed("stdio --json --quick --rounds 2") else {
            panic!("a comparison")
        };
        assert_eq!(
            (plan.transports, plan.rounds, plan.format),
            (vec![Transport::Stdio], 2, Format::Json)
        );
    }

    #[test]
    fn a_server_is_named_by_contender_and_transport() {
        let Some(Command::Serve {
            contender,
            transport,
            addr,
            core,
        }) = parsed("serve-ours-all-http 127.0.0.1:9 --core 1")
        else {
            panic!("a server")
        };
        assert_eq!(
            (contender, transport),
            (Contender::OursAll, Transport::Http)
        );
        assert_eq!((addr.port(), core), (9, Some(1)));
    }

    #[test]
    fn mistakes_are_refused() {
        for line in [
            "serve-theirs-http",
            "--counts --quick",
            "--rounds 0",
            "--rounds",
            "--seconds NaN",
            "tcp",
        ] {
            assert_eq!(parsed(line), None, "{line}");
        }
    }
}
