//! Tools that send notifications while they run, or require a capability of the client.

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
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

/// Requires a client that supports sampling.
#[tool(read_only)]
pub(crate) fn test_missing_capability(cx: &Context) -> Result<&'static str, ToolError> {
    cx.require(Capability::Sampling)?;
    Ok("The client can sample")
}

/// Logs at level info, to clients that ask for it.
#[tool(read_only)]
pub(crate) fn test_logging_tool(cx: &Context) -> &'static str {
    cx.log(Level::Info, "Logging evaluated");
    "Logging evaluated"
}

/// Closes the stream, and keeps the response for the client's reconnection.
#[tool(read_only, timeout = "5s")]
pub(crate) async fn test_reconnection(cx: &Context) -> &'static str {
    cx.close_stream();
    sleep(2 * STEP).await;
    "Reconnection test completed successfully"
}

/// Notifies that the list of tools has changed.
#[tool]
pub(crate) fn test_trigger_tool_change(cx: &Context) -> &'static str {
    cx.tools_changed();
    "Tool list change triggered"
}

/// Notifies that the list of prompts has changed.
#[tool]
pub(crate) fn test_trigger_prompt_change(cx: &Context) -> &'static str {
    cx.prompts_changed();
    "Prompt list change triggered"
}

/// Notifies that the watched resource has changed.
#[tool]
pub(crate) fn test_touch_resource(cx: &Context) -> &'static str {
    cx.resource_updated("test://watched-resource");
    "Resource update triggered"
}

static CANCELLED: AtomicUsize = AtomicUsize::new(0);

/// Counts cancelled calls when it is dropped with their future.
struct OnCancel;

impl Drop for OnCancel {
    fn drop(&mut self) {
        CANCELLED.fetch_add(1, Ordering::SeqCst);
    }
}

/// Reports progress once, and waits until it is cancelled.
#[tool(read_only, timeout = "30s")]
pub(crate) async fn test_wait_for_cancellation(cx: &Context) {
    let _counted = OnCancel;
    cx.progress(0.0, None, "waiting");
    pending::<()>().await;
}

/// Returns the number of ended calls of `test_wait_for_cancellation`.
#[tool(read_only)]
pub(crate) fn test_cancelled_calls() -> String {
    CANCELLED.load(Ordering::SeqCst).to_string()
}
