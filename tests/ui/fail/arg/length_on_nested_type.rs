use mcp_runtime::{Server, tool, tools};

/// Searches the docs.
#[tool]
async fn search(#[arg(length = 1..=100)] _limit: Option<u32>) {}

fn main() {
    drop(search(None));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
