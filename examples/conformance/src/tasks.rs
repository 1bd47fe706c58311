//! Tools whose calls become tasks.

use std::time::Duration;

use mcp_runtime::{Confirm, Context, Elicit, RpcError, ToolError, tool};
use tokio::time::sleep;

/// Greets immediately.
#[tool(read_only)]
pub(crate) fn greet(name: String) -> String {
    format!("Hello, {name}!")
}

/// Computes for a while.
#[tool(read_only, task = "optional")]
pub(crate) async fn slow_compute(
    #[arg(range = 0.0..=120.0)] seconds: f64,
    label: Option<String>,
) -> String {
    sleep(Duration::from_secs_f64(seconds)).await;
    format!(
        "{} took {seconds} s",
        label.as_deref().unwrap_or("computing")
    )
}

/// Fails after a second with a tool error.
#[tool(read_only, task = "required")]
pub(crate) async fn failing_job() -> Result<String, ToolError> {
    sleep(Duration::from_secs(1)).await;
    Err(ToolError::new("the job has failed"))
}

/// Fails with a protocol error.
#[tool(read_only, task = "optional")]
pub(crate) async fn protocol_error_job() -> Result<String, ToolError> {
    Err(ToolError::protocol(RpcError::internal(
        "the job could not be carried out",
    )))
}

/// Deletes a file, if the user confirms.
#[tool(task = "optional")]
pub(crate) async fn confirm_delete(cx: &Context, filename: String) -> Result<String, ToolError> {
    let sure: Confirm = cx
        .elicit("confirm", format!("Really delete {filename}?"))
        .await?;
    Ok(if sure.yes() {
        format!("deleted {filename}")
    } else {
        format!("kept {filename}")
    })
}

#[derive(Elicit)]
struct Name {
    name: String,
}

/// Asks two questions concurrently.
#[tool(task = "optional")]
pub(crate) async fn multi_input(cx: &Context) -> Result<String, ToolError> {
    let (name, sure) = tokio::join!(
        cx.elicit::<Name>("name", "What is your name?"),
        cx.elicit::<Confirm>("confirm", "Go on?")
    );
    Ok(format!("{}: {}", name?.name, sure?.yes()))
}

/// Asks before it becomes a task.
#[tool(task = "required")]
pub(crate) async fn test_tool_with_task(
    #[arg(elicit = "What is your name?")] name: String,
) -> String {
    format!("Hello, {name}!")
}
