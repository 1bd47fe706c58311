use mcp_runtime::{Context, Server, tool, tools};

/// Searches.
#[tool]
async fn search(cx: Context) -> String {
    format!("{:?}", cx.principal())
}

fn main() {
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
