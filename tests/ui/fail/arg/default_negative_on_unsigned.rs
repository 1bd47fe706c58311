use mcp_runtime::{Server, tool, tools};

/// Searches.
#[tool]
async fn search(#[arg(default = -1)] limit: u32) -> String {
    limit.to_string()
}

fn main() {
    drop(search(1));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
