//! Logs by `tracing`, to stderr only: stdout is a wire.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer, Registry, fmt};

use super::log;
use crate::error::Error;
use crate::policy::audit;

/// A layer of the program's own.
pub(crate) type BoxedLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// Sets up logging from `MCP_LOG_LEVEL` (`info`, or `warn,my_crate=debug`) and `MCP_LOG_FORMAT` (`text` or `json`).
///
/// Audit records are there at every level, unless the filter names their target.
/// A command that only prints a result says nothing about the request that it makes, unless it is told to.
/// `layers` take events and spans beside it, with filters of their own. A subscriber that the program has installed
/// before stays, and takes everything instead.
///
/// The guard that it returns waits for the last lines when it is dropped.
pub(crate) fn init(layers: Vec<BoxedLayer>, serves: bool) -> Result<log::Flushed, Error> {
    let filter = match std::env::var("MCP_LOG_LEVEL") {
        Err(_) if serves => Targets::new().with_default(LevelFilter::INFO),
        Err(_) => Targets::new()
            .with_default(LevelFilter::INFO)
            .with_target(super::REQUESTS, LevelFilter::WARN),
        Ok(text) => filter(&text).ok_or_else(|| {
            let problem = "use error, warn, info, debug, trace or off; or `info,my_crate=debug` for one crate more";
            Error::setting("MCP_LOG_LEVEL", &text, problem)
        })?,
    };
    let layer = fmt::layer()
        .with_writer(|| log::Writer)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    let layer = match std::env::var("MCP_LOG_FORMAT").as_deref() {
        Err(_) | Ok("text") => layer.boxed(),
        Ok("json") => layer.json().boxed(),
        Ok(other) => return Err(Error::setting("MCP_LOG_FORMAT", other, "use text or json")),
    };
    // Fails when there is a subscriber already: the program's own choice wins.
    let _ = tracing_subscriber::registry()
        // A list without layers would turn everything off.
        .with((!layers.is_empty()).then_some(layers))
        .with(layer.with_filter(with_audit(filter)))
        .try_init();
    Ok(log::Flushed)
}

/// Lets audit records through a filter that does not name them.
fn with_audit(filter: Targets) -> Targets {
    let is_named = filter.iter().any(|(target, _)| target == audit::TARGET);
    if is_named {
        filter
    } else {
        filter.with_target(audit::TARGET, LevelFilter::INFO)
    }
}

/// `text` as a filter; a word without a level would be taken for a target, and is more likely a misspelt level.
fn filter(text: &str) -> Option<Targets> {
    let is_level = |word: &str| word.trim().parse::<LevelFilter>().is_ok();
    let words_are_levels = text
        .split(',')
        .all(|word| is_level(word.split_once('=').map_or(word, |(_, level)| level)));
    words_are_levels.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn audit_records_pass_unless_the_filter_names_them() {
        let pass = |text: &str| {
            filter(text)
                .map(|filter| with_audit(filter).would_enable(audit::TARGET, &tracing::Level::INFO))
        };
        assert_eq!(pass("warn"), Some(true));
        assert_eq!(pass("off"), Some(true));
        assert_eq!(pass("mcp_runtime=error"), Some(true));
        assert_eq!(pass("info,mcp_runtime::audit=off"), Some(false));
    }

    #[test]
    fn a_misspelt_level_is_no_target() {
        assert!(filter("info").is_some());
        assert!(filter("warn,my_crate=debug").is_some());
        assert!(filter("loud").is_none());
        assert!(filter("info,my_crate=loud").is_none());
    }
}
