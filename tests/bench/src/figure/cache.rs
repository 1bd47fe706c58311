//! A result of 1 MB from the cache, compared with the same result computed for each call.

use std::sync::atomic::{AtomicU32, Ordering};

use mcp_runtime::{Server, tool, tools};

use super::{Fact, inside::Inside, milliseconds};
use crate::{call::source_code, error::Error};

/// The number of calls of each tool.
const CALLS: u32 = 200;

/// The number of runs of the cached function.
static RUNS: AtomicU32 = AtomicU32::new(0);

/// Returns a cached text.
#[tool(read_only, cache = "1h")]
async fn kept() -> String {
    RUNS.fetch_add(1, Ordering::Relaxed);
    source_code()
}

/// Returns the same text, computed for each call.
#[tool(read_only)]
async fn made() -> String {
    source_code()
}

/// Measures the median of both.
pub(super) fn measure() -> Result<Vec<Fact>, Error> {
    let inside = Inside::new(Server::new("cached", "1.0.0").tools(tools![kept, made]))?;
    inside.call("kept", "ann")?;
    let (mut hits, mut anew) = (Vec::new(), Vec::new());
    for _ in 0..CALLS {
        hits.push(inside.call("kept", "ann")?);
        anew.push(inside.call("made", "ann")?);
    }
    if RUNS.load(Ordering::Relaxed) != 1 {
        return Err(Error::Wrong(
            "a cached result of 1 MB was not kept".to_owned(),
        ));
    }
    hits.sort_unstable();
    anew.sort_unstable();
    Ok(vec![
        milliseconds(
            "cache: a result of 1 MB that was kept",
            hits[hits.len() / 2],
        ),
        milliseconds(
            "cache: the same result, computed for each call",
            anew[anew.len() / 2],
        ),
    ])
}
