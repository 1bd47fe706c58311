//! Logging with `tracing`, to stderr only: stdout carries the protocol.
//!
//! The log goes through a queue (`log/queue.rs`): a terminal or a pipe that nobody reads must not block a call that
//! logs. A subscriber installed by the program takes precedence; then nothing here has an effect, including the level
//! of the settings.

use std::sync::OnceLock;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer, Registry, fmt, reload};

use super::log;
use crate::policy::audit;

/// A layer of the program's own.
pub(crate) type BoxedLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// Sets up logging at `level` (`info`, or `warn,my_crate=debug`), as JSON or as text.
///
/// Audit records are written at every level, unless the filter names their target. `layers` get events and spans as
/// well, with filters of their own. A subscriber that the program has installed before remains, and gets everything
/// instead.
///
/// The returned guard waits for the last lines when dropped.
pub(crate) fn init(level: &str, json: bool, layers: Vec<BoxedLayer>) -> log::Flushed {
    let filter = filter(level).unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO));
    let has_colours = !json && std::io::IsTerminal::is_terminal(&std::io::stderr());
    let layer = fmt::layer()
        .with_writer(move || log::Writer { has_colours })
        .with_ansi(false);
    let layer = if json {
        layer.json().boxed()
    } else {
        layer.boxed()
    };
    let (filter, handle) = reload::Layer::new(with_audit(filter));
    // Fails if the program has installed a subscriber, which takes precedence.
    let begun = tracing_subscriber::registry()
        // A list without layers would turn everything off.
        .with((!layers.is_empty()).then_some(layers))
        .with(layer.with_filter(filter))
        .try_init();
    if begun.is_ok() {
        let change = move |filter| drop(handle.reload(filter));
        // The subscriber of a process is set once.
        let _ = LEVEL.set(Box::new(change));
    }
    log::Flushed
}

/// Changes the filter of the subscriber that [`init`] has set.
static LEVEL: OnceLock<Box<dyn Fn(Targets) + Send + Sync>> = OnceLock::new();

/// Sets the level from now on, unless the program has a subscriber of its own.
pub(crate) fn set_level(level: &str) {
    if let (Some(change), Some(filter)) = (LEVEL.get(), filter(level)) {
        change(with_audit(filter));
    }
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

/// Parses `text` as a filter; a word without a level would count as a target, and is more likely a misspelt level.
pub(crate) fn filter(text: &str) -> Option<Targets> {
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
