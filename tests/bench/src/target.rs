//! The targets, with what a run has shown of each: all policies on, beside the floor of the same run.

use serde::Serialize;

use crate::{
    contender::Contender,
    figure::{hello, limiter, metrics},
    numbers::Kind,
    report::Report,
};

/// A target, and the measure.
#[derive(Debug, Serialize)]
pub(crate) struct Target {
    /// The thing that has a target.
    pub(crate) what: &'static str,
    /// The unit of the measure.
    pub(crate) unit: &'static str,
    /// The least or the most that it may be.
    pub(crate) wanted: Bound,
    /// What it is.
    pub(crate) measured: f64,
}

/// The least or the most of a measure.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Bound {
    /// At least this.
    AtLeast(f64),
    /// At most this.
    AtMost(f64),
}

impl Bound {
    /// Returns `true` if a measure is within it.
    pub(crate) fn is_met(self, measured: f64) -> bool {
        match self {
            Self::AtLeast(least) => measured >= least,
            Self::AtMost(most) => measured <= most,
        }
    }
}

/// A ratio of medians of rounds: the load, the number, the server it is to, and the bound.
type Ratio = (&'static str, &'static str, Kind, Contender, Bound);

use Bound::{AtLeast, AtMost};
use Contender::{Floor, OursAll, Tokio};

const RATIOS: [Ratio; 9] = [
    (
        "calls/s ÷ floor, 1 connection",
        "http-1",
        Kind::CallsPerSecond,
        Floor,
        AtLeast(1.0),
    ),
    (
        "calls/s ÷ floor, 32 connections",
        "http-32",
        Kind::CallsPerSecond,
        Floor,
        AtLeast(0.97),
    ),
    (
        "calls/s ÷ floor, 256 connections",
        "http-256",
        Kind::CallsPerSecond,
        Floor,
        AtLeast(0.95),
    ),
    (
        "p99 ÷ floor, 256 connections",
        "http-256",
        Kind::NinetyNine,
        Floor,
        AtMost(1.1),
    ),
    (
        "stdio, 64 in flight: calls/s ÷ `std::io` loop",
        "stdio-64",
        Kind::CallsPerSecond,
        Floor,
        AtLeast(0.6),
    ),
    (
        "stdio, one at a time: calls/s ÷ tokio loop",
        "stdio-1",
        Kind::CallsPerSecond,
        Tokio,
        AtLeast(1.0),
    ),
    (
        "stdio, one at a time: CPU ÷ tokio loop",
        "stdio-1",
        Kind::ServerMicroseconds,
        Tokio,
        AtMost(1.0),
    ),
    (
        "CPU ÷ floor, 1 MB of source code, HTTP",
        "http-large",
        Kind::ServerMicroseconds,
        Floor,
        AtMost(1.05),
    ),
    (
        "CPU ÷ floor, 1 MB of source code, stdio",
        "stdio-large",
        Kind::ServerMicroseconds,
        Floor,
        AtMost(1.05),
    ),
];

/// The most that facts may be.
const FACTS: [(&str, f64); 5] = [
    (metrics::WORKER, 0.2),
    (limiter::WORST, 0.2),
    (hello::CRATES, 110.0),
    (hello::STRIPPED, 5.0),
    (hello::MEMORY, 5.0),
];

/// The room of one copy of the large message, in MiB, with what an allocator rounds up.
const COPY: f64 = 1.3;

/// The targets that a report says something about.
pub(crate) fn of(report: &Report) -> Vec<Target> {
    let ratios = RATIOS
        .into_iter()
        .filter_map(|(what, load, kind, to, wanted)| {
            let measured = report.ratio(load, kind, to)?;
            Some(Target {
                what,
                unit: "",
                wanted,
                measured,
            })
        });
    let facts = FACTS.into_iter().filter_map(|(what, most)| {
        let fact = report.facts.iter().find(|it| it.what == what)?;
        Some(Target {
            what,
            unit: fact.unit,
            wanted: AtMost(most),
            measured: fact.value,
        })
    });
    let mut targets: Vec<_> = ratios.chain(facts).collect();
    targets.extend(instructions(report));
    targets.extend(memory(report));
    targets
}

fn instructions(report: &Report) -> Option<Target> {
    let table = report.instructions.as_ref()?;
    let mut rows = table.rows.iter();
    let row = rows.find(|row| row.part == "http" && row.server == OursAll.name())?;
    Some(Target {
        what: "user instructions ÷ floor, HTTP",
        unit: "",
        wanted: AtMost(1.0),
        measured: table.ratio(row)?,
    })
}

/// How much more the peak of 1 MB is above that of small calls than the floor's.
fn memory(report: &Report) -> Option<Target> {
    let peak = |load: &str, server| report.side(load, server)?.median(Kind::PeakMemory);
    let grown = |server| Some(peak("http-large", server)? - peak("http-1", server)?);
    Some(Target {
        what: "peak memory of 1 MB of source code above the floor's, HTTP",
        unit: "MiB",
        wanted: AtMost(COPY),
        measured: grown(OursAll)? - grown(Floor)?,
    })
}
