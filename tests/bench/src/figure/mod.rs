//! Single figures: costs that grow with the number of tools, callers or bytes, and the size of the first server.

mod cache;
pub(crate) mod hello;
mod inside;
pub(crate) mod limiter;
pub(crate) mod metrics;

use serde::Serialize;

use crate::{error::Error, lab::Lab};

/// A part of the report with single figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Figure {
    /// The costs of a call, counted by callgrind.
    Instructions,
    /// The metrics of a server with many tools.
    Metrics,
    /// A rate limit that tracks its maximum number of callers.
    Limiter,
    /// A large result from the cache.
    Cache,
    /// The first example: its crates, its size, its memory.
    Hello,
}

/// One figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Fact {
    /// The subject of the measurement.
    pub(crate) what: &'static str,
    /// Its measure.
    pub(crate) value: f64,
    /// The unit of the measure.
    pub(crate) unit: &'static str,
}

impl Figure {
    /// All of them, in the order of the report.
    pub(crate) const ALL: [Self; 5] = [
        Self::Instructions,
        Self::Metrics,
        Self::Limiter,
        Self::Cache,
        Self::Hello,
    ];

    /// Returns its name on the command line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Instructions => "instructions",
            Self::Metrics => "metrics",
            Self::Limiter => "limiter",
            Self::Cache => "cache",
            Self::Hello => "hello",
        }
    }

    /// Returns `true` if it takes seconds, and needs no other program.
    pub(crate) const fn is_quick(self) -> bool {
        matches!(self, Self::Metrics | Self::Limiter | Self::Cache)
    }

    /// Measures it. The instructions are a table of their own, and no facts.
    pub(crate) fn measure(self, lab: &Lab) -> Result<Vec<Fact>, Error> {
        match self {
            Self::Instructions => Ok(Vec::new()),
            Self::Metrics => metrics::measure(lab),
            Self::Limiter => limiter::measure(),
            Self::Cache => cache::measure(),
            Self::Hello => hello::measure(lab),
        }
    }
}

/// Returns a fact in milliseconds.
fn milliseconds(what: &'static str, time: std::time::Duration) -> Fact {
    Fact {
        what,
        value: time.as_secs_f64() * 1e3,
        unit: "ms",
    }
}
