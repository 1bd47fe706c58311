//! Only a `ToolError` can be marked as one that another attempt may not meet.

use mcp_runtime::{Server, tool, tools};

/// Fetches.
#[tool(read_only, retry = 3)]
async fn fetch(url: String) -> Result<String, std::fmt::Error> {
    Ok(url)
}

fn main() {
    drop(fetch(String::new()));
    drop(Server::new("demo", "1.0.0").tools(tools![fetch]));
}
