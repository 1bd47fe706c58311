//! What is printed: a table for people or one JSON object. Standard output carries nothing else.

use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use crate::{contender::Transport, cpu::Cores, error::Error, options::Format};

/// A server that was less busy than this was not what limited the calls.
const BUSY: f64 = 0.9;

/// The outcome of a comparison.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// Where each side ran; `None` when nothing could be pinned.
    pub(crate) cores: Option<Cores>,
    /// Pairs of runs per transport.
    pub(crate) rounds: u32,
    /// The length of one run.
    pub(crate) seconds: f64,
    /// One per transport.
    pub(crate) comparisons: Vec<Comparison>,
}

/// Ours beside the floor, over one transport.
#[derive(Debug, Serialize)]
pub(crate) struct Comparison {
    /// What carried the calls.
    pub(crate) transport: Transport,
    /// Calls in flight at any time.
    pub(crate) in_flight: usize,
    /// Calls per second, ours to the floor: 1 is the floor, more is better.
    pub(crate) throughput: Option<Spread>,
    /// Calls per second of the server's processor time, ours to the floor: less noisy where others compute as well,
    /// and true even where the load generator is the bottleneck.
    pub(crate) processor: Option<Spread>,
    /// The floor by itself.
    pub(crate) floor: Side,
    /// Ours by itself.
    pub(crate) ours: Side,
}

/// One side's numbers: medians over its runs.
#[derive(Debug, Serialize)]
pub(crate) struct Side {
    /// Answered calls.
    pub(crate) calls_per_second: Option<f64>,
    /// Half of the calls took no longer, in microseconds.
    pub(crate) p50_us: Option<f64>,
    /// 99 of 100 took no longer, in microseconds.
    pub(crate) p99_us: Option<f64>,
    /// Processor time of the server, in the kernel and out of it, in microseconds.
    pub(crate) server_us_per_call: Option<f64>,
    /// The part of the time that the server computed: 1 is all of it.
    pub(crate) server_busy: Option<f64>,
}

/// Several measurements of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Spread {
    /// The one in the middle.
    pub(crate) median: f64,
    /// The least.
    pub(crate) min: f64,
    /// The most.
    pub(crate) max: f64,
}

impl Spread {
    /// Over all of them; `None` when one is missing, or all are.
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

/// Prints a report.
pub(crate) fn print(report: &Report, format: Format) -> Result<(), Error> {
    match format {
        Format::Text => print_line(&report.to_string()),
        Format::Json => print_line(&serde_json::to_string(report)?),
    }
    Ok(())
}

/// Prints some text and a newline.
#[expect(
    clippy::print_stdout,
    reason = "printing is what this program is for; its servers never come here"
)]
pub(crate) fn print_line(text: &str) {
    println!("{text}");
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.cores {
            Some(Cores { server, load }) => {
                write!(f, "servers on core {server}, load generator on core {load}")?;
            }
            None => f.write_str("nothing is pinned: one core, or no way to choose")?,
        }
        write!(
            f,
            "; {} rounds of {} s, floor and ours in turns",
            self.rounds, self.seconds
        )?;
        self.comparisons
            .iter()
            .try_for_each(|comparison| write!(f, "\n\n{comparison}"))
    }
}

impl Display for Comparison {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let title = format!("{}, {} in flight", self.transport.name(), self.in_flight);
        writeln!(
            f,
            "{title:<20}{:>10}{:>10}{:>10}{:>16}{:>13}",
            "calls/s", "p50 µs", "p99 µs", "server µs/call", "server busy"
        )?;
        writeln!(f, "  {:<18}{}", "floor", self.floor)?;
        writeln!(f, "  {:<18}{}", "ours", self.ours)?;
        writeln!(
            f,
            "  ours / floor      calls per second {}",
            Shown(self.throughput)
        )?;
        write!(
            f,
            "                    calls per processor time {}",
            Shown(self.processor)
        )?;
        if self.floor.is_idle() || self.ours.is_idle() {
            f.write_str(
                "\n  a server was not busy all the time: something else computes here, or the load generator is slow;",
            )?;
            f.write_str("\n  only calls per processor time means something")?;
        }
        Ok(())
    }
}

impl Side {
    fn is_idle(&self) -> bool {
        self.server_busy.is_some_and(|busy| busy < BUSY)
    }
}

impl Display for Side {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        cell(f, 10, 0, self.calls_per_second)?;
        cell(f, 10, 0, self.p50_us)?;
        cell(f, 10, 0, self.p99_us)?;
        cell(f, 16, 2, self.server_us_per_call)?;
        cell(f, 11, 0, self.server_busy.map(|share| 100.0 * share))?;
        f.write_str(" %")
    }
}

fn cell(f: &mut Formatter<'_>, width: usize, digits: usize, number: Option<f64>) -> fmt::Result {
    match number {
        Some(number) => write!(f, "{number:>width$.digits$}"),
        None => write!(f, "{:>width$}", "?"),
    }
}

/// A spread of ratios, or a question mark.
struct Shown(Option<Spread>);

impl Display for Shown {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(Spread { median, min, max }) => write!(f, "{median:.3} ({min:.3} to {max:.3})"),
            None => f.write_str("?"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Spread;

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
