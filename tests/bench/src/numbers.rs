//! The numbers of runs, with their medians and spreads.

use serde::Serialize;

use crate::load::Run;

/// One kind of number of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// Answered calls.
    CallsPerSecond,
    /// Processor time of the server, in the kernel and out of it, in microseconds.
    ServerMicroseconds,
    /// The median duration of a call, in microseconds.
    Half,
    /// The 99th percentile of the duration, in microseconds.
    NinetyNine,
    /// The peak memory of the server, in MiB.
    PeakMemory,
    /// The fraction of the time in which the server computed, from 0 to 1.
    Busy,
}

impl Kind {
    /// All of them, in the order of the report.
    pub(crate) const ALL: [Self; 6] = [
        Self::CallsPerSecond,
        Self::ServerMicroseconds,
        Self::Half,
        Self::NinetyNine,
        Self::PeakMemory,
        Self::Busy,
    ];

    /// Returns the heading of its column.
    pub(crate) const fn heading(self) -> &'static str {
        match self {
            Self::CallsPerSecond => "calls/s",
            Self::ServerMicroseconds => "CPU µs a call",
            Self::Half => "p50 µs",
            Self::NinetyNine => "p99 µs",
            Self::PeakMemory => "peak MiB",
            Self::Busy => "busy",
        }
    }

    /// The number of digits behind the point.
    pub(crate) const fn digits(self) -> usize {
        match self {
            Self::CallsPerSecond => 0,
            Self::ServerMicroseconds | Self::Busy => 2,
            Self::Half | Self::NinetyNine | Self::PeakMemory => 1,
        }
    }
}

/// The numbers of one run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Numbers([Option<f64>; 6]);

impl Numbers {
    /// The numbers of a run.
    pub(crate) fn of(run: &Run) -> Self {
        let calls = u32::try_from(run.latencies.len()).map_or(f64::INFINITY, f64::from);
        let elapsed = run.elapsed.as_secs_f64();
        let used = run.server.map(|used| used.as_secs_f64());
        Self(Kind::ALL.map(|kind| match kind {
            Kind::CallsPerSecond => Some(calls / elapsed),
            Kind::ServerMicroseconds => used.map(|used| used / calls * 1e6),
            Kind::Half => percentile(&run.latencies, 50),
            Kind::NinetyNine => percentile(&run.latencies, 99),
            Kind::PeakMemory => run.peak,
            Kind::Busy => used.map(|used| used / elapsed),
        }))
    }

    /// Returns one of them; `None` where the machine does not report it.
    pub(crate) fn get(&self, kind: Kind) -> Option<f64> {
        self.0[kind as usize]
    }
}

/// In microseconds.
fn percentile(sorted_nanoseconds: &[u32], percent: usize) -> Option<f64> {
    let place = sorted_nanoseconds.len() * percent / 100;
    let nanoseconds = *sorted_nanoseconds.get(place)?;
    Some(f64::from(nanoseconds) / 1e3)
}

/// Several measurements of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Spread {
    /// The median.
    pub(crate) median: f64,
    /// The minimum.
    pub(crate) min: f64,
    /// The maximum.
    pub(crate) max: f64,
}

impl Spread {
    /// Summarizes measurements; `None` if one is missing, or there is none.
    pub(crate) fn over(measured: impl Iterator<Item = Option<f64>>) -> Option<Self> {
        let mut sorted = measured.collect::<Option<Vec<f64>>>()?;
        sorted.sort_unstable_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        let median = match sorted.len() % 2 {
            1 => sorted[middle],
            _ => f64::midpoint(*sorted.get(middle.checked_sub(1)?)?, sorted[middle]),
        };
        Some(Self {
            median,
            min: *sorted.first()?,
            max: *sorted.last()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Kind, Numbers, Spread};
    use crate::load::Run;

    #[test]
    fn a_run_is_turned_into_numbers() {
        let numbers = Numbers::of(&Run {
            latencies: (1..=200).map(|call| call * 1000).collect(),
            elapsed: Duration::from_millis(100),
            server: Some(Duration::from_millis(50)),
            peak: Some(12.5),
        });
        let all = Kind::ALL.map(|kind| numbers.get(kind));
        assert_eq!(
            all,
            [2000.0, 250.0, 101.0, 199.0, 12.5, 0.5].map(Some),
            "calls/s, µs, p50, p99, MiB, busy"
        );
    }

    #[test]
    fn a_spread_has_its_median_in_the_middle() {
        let over = |measured: &[f64]| Spread::over(measured.iter().copied().map(Some));
        assert_eq!(
            over(&[3.0, 1.0, 2.0]),
            Some(Spread {
                median: 2.0,
                min: 1.0,
                max: 3.0
            })
        );
        assert_eq!(
            over(&[4.0, 1.0]),
            Some(Spread {
                median: 2.5,
                min: 1.0,
                max: 4.0
            })
        );
        assert_eq!(over(&[]), None);
        assert_eq!(Spread::over([Some(1.0), None].into_iter()), None);
    }
}
