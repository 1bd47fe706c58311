//! The command line, read by hand: a few words and flags.

use std::{net::SocketAddr, time::Duration};

use crate::{
    contender::{Contender, Transport},
    error::Error,
    figure::Figure,
    scenario::Scenario,
};

/// What `--help` and a mistake print.
pub(crate) const USAGE: &str = "\
usage: bench [PART..] [--quick] [--rmcp] [--json] [--rounds N] [--seconds S]

  PART           a part of the report, or all that begin with this word (default: all):
                 http-1 http-32 http-256 http-large   calls over HTTP, by connections; 1 MB of source code
                 stdio-1 stdio-64 stdio-large         calls over stdio, by calls in flight; 1 MB of source code
                 redis-1 redis-32                     a rate limit in a Redis beside a local one
                 instructions                         counted by callgrind
                 metrics limiter cache hello          single figures
  --quick        a short run of the loads and figures that need no further build; its numbers mean little
  --rmcp         the same tools written with rmcp as well, which is built for it
  --json         the report as one JSON object, instead of Markdown
  --rounds N     rounds of each load; in a round each server has its turn (default 7)
  --seconds S    length of one turn (default 1)

       bench --counts [--write]

  counts the instructions, allocations and copies of a call by callgrind, and compares them with counts.txt
  --write        writes counts.txt instead

       bench --build-time

  builds example-hello, and the same server with rmcp, from nothing, which takes minutes

       bench serve-{floor,ours,ours-all,tools}-http [ADDR], serve-{floor,tokio,batched,ours,ours-all}-stdio

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
    },
    /// Compare them.
    Compare(Plan),
    /// Count instructions, and compare them with the table, or write it.
    Counts {
        /// `true` to write the table.
        write: bool,
    },
    /// Build from nothing.
    BuildTime,
    /// Print the usage.
    Help,
}

/// The parts of a report, how they are measured and how they are written.
#[derive(Debug, PartialEq)]
pub(crate) struct Plan {
    /// The loads, in order.
    pub(crate) scenarios: Vec<Scenario>,
    /// The single figures, in order.
    pub(crate) figures: Vec<Figure>,
    /// Rounds of each load.
    pub(crate) rounds: u32,
    /// The part of each turn that counts.
    pub(crate) measured: Duration,
    /// The part before it that does not.
    pub(crate) warm_up: Duration,
    /// `true` with the server that is written with rmcp.
    pub(crate) rmcp: bool,
    /// The form of the report.
    pub(crate) format: Format,
}

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Format {
    /// Tables for people.
    Markdown,
    /// One JSON object.
    Json,
}

/// Reads the arguments behind the program's name.
pub(crate) fn parse(args: impl Iterator<Item = String>) -> Result<Command, Error> {
    let mut args = args.peekable();
    if let Some((contender, transport)) = args.peek().and_then(|word| served(word)) {
        return serve(contender, transport, args.skip(1));
    }
    if args.next_if(|word| word == "--counts").is_some() {
        return counts(args);
    }
    if args.next_if(|word| word == "--build-time").is_some() {
        return args
            .next()
            .map_or(Ok(Command::BuildTime), |other| Err(unknown(&other)));
    }
    compare(args)
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
    let addr = match args.next() {
        Some(written) => value("ADDR", Some(written))?,
        None => SocketAddr::from(([127, 0, 0, 1], 8080)),
    };
    Ok(Command::Serve {
        contender,
        transport,
        addr,
    })
}

fn unknown(argument: &str) -> Error {
    Error::Usage(format!("unknown argument `{argument}`"))
}

fn counts(args: impl Iterator<Item = String>) -> Result<Command, Error> {
    let mut write = false;
    for arg in args {
        match arg.as_str() {
            "--write" => write = true,
            other => return Err(unknown(other)),
        }
    }
    Ok(Command::Counts { write })
}

fn compare(mut args: impl Iterator<Item = String>) -> Result<Command, Error> {
    let mut plan = Plan {
        scenarios: Vec::new(),
        figures: Vec::new(),
        rounds: 7,
        measured: Duration::from_secs(1),
        warm_up: Duration::from_millis(300),
        rmcp: false,
        format: Format::Markdown,
    };
    let mut is_quick = false;
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--quick" => {
                is_quick = true;
                plan.rounds = 3;
                plan.measured = Duration::from_millis(200);
                plan.warm_up = Duration::from_millis(50);
            }
            "--rmcp" => plan.rmcp = true,
            "--json" => plan.format = Format::Json,
            "--rounds" => {
                plan.rounds = value::<std::num::NonZeroU32>("--rounds", args.next())?.get();
            }
            "--seconds" => plan.measured = seconds(args.next())?,
            "--help" | "-h" => return Ok(Command::Help),
            word => plan.add(word)?,
        }
    }
    if plan.scenarios.is_empty() && plan.figures.is_empty() {
        plan.add_all(is_quick);
    }
    Ok(Command::Compare(plan))
}

impl Plan {
    /// Adds the parts that begin with a word.
    fn add(&mut self, word: &str) -> Result<(), Error> {
        let scenarios = Scenario::ALL
            .into_iter()
            .filter(|it| it.name.starts_with(word));
        let figures = Figure::ALL
            .into_iter()
            .filter(|it| it.name().starts_with(word));
        let before = self.scenarios.len() + self.figures.len();
        self.scenarios.extend(scenarios);
        self.figures.extend(figures);
        if word.starts_with('-') || self.scenarios.len() + self.figures.len() == before {
            return Err(unknown(word));
        }
        Ok(())
    }

    fn add_all(&mut self, is_quick: bool) {
        let scenarios = Scenario::ALL
            .into_iter()
            .filter(|it| !is_quick || !it.is_shared());
        let figures = Figure::ALL
            .into_iter()
            .filter(|it| !is_quick || it.is_quick());
        self.scenarios.extend(scenarios);
        self.figures.extend(figures);
    }
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
    use super::{Command, Contender, Figure, Format, Plan, Scenario, Transport, parse};

    fn parsed(line: &str) -> Option<Command> {
        parse(line.split_whitespace().map(str::to_owned)).ok()
    }

    fn planned(line: &str) -> Plan {
        match parsed(line) {
            Some(Command::Compare(plan)) => plan,
            other => panic!("not a comparison: {other:?}"),
        }
    }

    #[test]
    fn a_bare_command_measures_everything() {
        let plan = planned("");
        assert_eq!(plan.scenarios, Scenario::ALL);
        assert_eq!(plan.figures, Figure::ALL);
        assert_eq!((plan.rmcp, plan.format), (false, Format::Markdown));
    }

    #[test]
    fn a_quick_run_builds_nothing() {
        let plan = planned("--quick");
        assert!(!plan.scenarios.is_empty() && !plan.scenarios.iter().any(Scenario::is_shared));
        assert_eq!(
            plan.figures,
            [Figure::Metrics, Figure::Limiter, Figure::Cache]
        );
    }

    #[test]
    fn words_and_flags_narrow_it() {
        let plan = planned("stdio cache --json --quick --rmcp --rounds 2");
        let names: Vec<_> = plan.scenarios.iter().map(|it| it.name).collect();
        assert_eq!(names, ["stdio-1", "stdio-64", "stdio-large"]);
        assert_eq!(
            (plan.figures, plan.rounds, plan.rmcp, plan.format),
            (vec![Figure::Cache], 2, true, Format::Json)
        );
    }

    #[test]
    fn a_server_is_named_by_contender_and_transport() {
        let Some(Command::Serve {
            contender,
            transport,
            addr,
        }) = parsed("serve-ours-all-http 127.0.0.1:9")
        else {
            panic!("a server")
        };
        assert_eq!(
            (contender, transport, addr.port()),
            (Contender::OursAll, Transport::Http, 9)
        );
    }

    #[test]
    fn mistakes_are_refused() {
        for line in [
            "serve-theirs-http",
            "--counts --quick",
            "--build-time http",
            "--rounds 0",
            "--rounds",
            "--seconds NaN",
            "tcp",
            "--cold",
        ] {
            assert_eq!(parsed(line), None, "{line}");
        }
    }
}
