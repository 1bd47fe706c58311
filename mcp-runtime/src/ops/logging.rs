//! Logs by `tracing`, to stderr only: stdout is a wire.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

use crate::server::error::Error;

/// Sets up logging from `MCP_LOG_LEVEL` (`info`, or `warn,my_crate=debug`) and `MCP_LOG_FORMAT` (`text` or `json`).
///
/// A subscriber that the program has installed before stays.
pub(crate) fn init() -> Result<(), Error> {
    let filter = match std::env::var("MCP_LOG_LEVEL") {
        Err(_) => Targets::new().with_default(LevelFilter::INFO),
        Ok(text) => text.parse().map_err(|error| {
            Error::setting("MCP_LOG_LEVEL", &text, &format!("{error}; use error, warn, info, debug or trace"))
        })?,
    };
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
