//! Logs by `tracing`, to stderr only: stdout is a wire.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

use crate::policy::audit;
use crate::server::error::Error;

/// Sets up logging from `MCP_LOG_LEVEL` (`info`, or `warn,my_crate=debug`) and `MCP_LOG_FORMAT` (`text` or `json`).
///
/// Audit records are there at every level, unless the filter names their target.
/// A subscriber that the program has installed before stays.
pub(crate) fn init() -> Result<(), Error> {
    let filter = match std::env::var("MCP_LOG_LEVEL") {
        Err(_) => Targets::new().with_default(LevelFilter::INFO),
        Ok(text) => text.parse().map_err(|error| {
            Error::setting("MCP_LOG_LEVEL", &text, &format!("{error}; use error, warn, info, debug or trace"))
        })?,
    };
    let filter = with_audit(filter);
    let layer = fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    let layer = match std::env::var("MCP_LOG_FORMAT").as_deref() {
        Err(_) | Ok("text") => layer.boxed(),
        Ok("json") => layer.json().boxed(),
        Ok(other) => return Err(Error::setting("MCP_LOG_FORMAT", other, "use text or json")),
    };
    // Fails when there is a subscriber already: the program's own choice wins.
    let _ = tracing_subscriber::registry().with(layer.with_filter(filter)).try_init();
    Ok(())
}

/// Lets audit records through a filter that does not name them.
fn with_audit(filter: Targets) -> Targets {
    let is_named = filter.iter().any(|(target, _)| target == audit::TARGET);
    if is_named { filter } else { filter.with_target(audit::TARGET, LevelFilter::INFO) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lets_audit_through(filter: &str) -> bool {
        with_audit(filter.parse().unwrap()).would_enable(audit::TARGET, &tracing::Level::INFO)
    }

    #[test]
    fn audit_records_pass_unless_the_filter_names_them() {
        assert!(lets_audit_through("warn"));
        assert!(lets_audit_through("off"));
        assert!(lets_audit_through("mcp_runtime=error"));
        assert!(!lets_audit_through("info,mcp_runtime::audit=off"));
    }
}
