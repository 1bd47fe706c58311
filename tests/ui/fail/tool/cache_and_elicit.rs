use mcp_runtime::{tool, tools};

/// Looks it up.
#[tool(read_only, cache = "30s")]
async fn look(#[arg(elicit = "Which one?")] name: String) -> String {
    name
}

fn main() {
    let _ = mcp_runtime::Server::new("demo", "1.0.0").tools(tools![look]);
}
