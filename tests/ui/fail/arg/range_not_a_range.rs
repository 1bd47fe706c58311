use mcp_runtime::{Server, tool, tools};

/// Searches the docs.
#[tool]
async fn search(#[arg(range = 5)] _limit: u32) {}

fn main() {
    drop(search(1));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
