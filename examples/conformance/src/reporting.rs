//! Tools that report back while they run, or need something of the client.

use std::time::Duration;

use mcp_runtime::{Capability, Context, Level, ToolError, tool};
use tokio::time::sleep;

const STEP: Duration = Duration::from_millis(50);

/// Sends three log messages.
#[tool(read_only, timeout = "5s")]
pub(crate) async fn test_tool_with_logging(cx: &Context) -> &'static str {
    cx.log(Level::Info, "Tool execution started");
    sleep(STEP).await;
    cx.log(Level::Info, "Tool processing data");
    sleep(STEP).await;
    cx.log(Level::Info, "Tool execution completed");
    "Tool with logging executed successfully"
}

/// Reports progress three times.
#[tool(read_only, timeout = "5s")]
pub(crate) async fn test_tool_with_progress(cx: &Context) -> &'static str {
    for done in [0.0, 50.0, 100.0] {
        cx.progress(done, 100.0, format!("Completed step {done} of 100"));
        sleep(STEP).await;
    }
    "Tool with progress executed successfully"
}

/// Needs a client that can sample.
#[tool(read_only)]
pub(crate) fn test_missing_capability(cx: &Context) -> Result<&'static str, ToolError> {
    cx.require(Capability::Sampling)?;
    Ok("The client can sample")
}

/// Reports progress on its own stream, and nothing else.
#[tool(read_only)]
pub(crate) fn test_streaming_elicitation(cx: &Context) -> &'static str {
    cx.progress(1.0, 1.0, "streaming");
    "Streaming complete"
}

/// Logs at level info, to clients that ask for it.
#[tool(read_only)]
pub(crate) fn test_logging_tool(cx: &Context) -> &'static str {
    cx.log(Level::Info, "Logging evaluated");
    "Logging evaluated"
}

/// Lets the client go, and has the answer ready when it comes back.
#[tool(read_only, timeout = "5s")]
pub(crate) async fn test_reconnection(cx: &Context) -> &'static str {
    cx.close_stream();
    sleep(2 * STEP).await;
    "Reconnection test completed successfully"
}

/// Says that the list of tools has changed.
#[tool]
pub(crate) fn test_trigger_tool_change(cx: &Context) -> &'static str {
    cx.tools_changed();
    "Tool list change triggered"
}
