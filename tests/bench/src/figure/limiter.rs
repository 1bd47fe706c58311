//! A rate limit per caller that tracks its maximum number of callers, while new ones arrive.

use std::time::Duration;

use mcp_runtime::{Server, tool, tools};

use super::{Fact, inside::Inside, milliseconds};
use crate::error::Error;

/// More callers than a limit tracks.
const CALLERS: u32 = 70_000;

/// The number of calls measured after that.
const MEASURED: u32 = 20_000;

/// Does nothing.
#[tool(rate_limit(quota = "100/h", per = "principal"))]
async fn nothing() -> String {
    String::new()
}

/// The fact that has a target.
pub(crate) const WORST: &str = "rate limit: worst call of 20,000 new callers behind them";

/// Measures the worst and the median call, while the table fills and when it is full.
pub(super) fn measure() -> Result<Vec<Fact>, Error> {
    let inside = Inside::new(Server::new("limited", "1.0.0").tools(tools![nothing]))?;
    let filling = call(&inside, 0..CALLERS)?;
    let full = call(&inside, CALLERS..CALLERS + MEASURED)?;
    Ok(vec![
        milliseconds(
            "rate limit: worst call while 70,000 callers come",
            worst(&filling),
        ),
        milliseconds(WORST, worst(&full)),
        milliseconds("rate limit: median of those calls", full[full.len() / 2]),
    ])
}

/// Returns the sorted times of a call by each caller.
fn call(inside: &Inside, callers: std::ops::Range<u32>) -> Result<Vec<Duration>, Error> {
    let mut times = callers
        .map(|caller| inside.call("nothing", &format!("caller {caller}")))
        .collect::<Result<Vec<_>, _>>()?;
    times.sort_unstable();
    Ok(times)
}

fn worst(sorted: &[Duration]) -> Duration {
    sorted.last().copied().unwrap_or_default()
}
