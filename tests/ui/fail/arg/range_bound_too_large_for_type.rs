use mcp_runtime::{Server, tool, tools};

/// Searches the docs.
#[tool]
async fn search(#[arg(range = 0..=300)] _limit: u8) {}

fn main() {
    drop(search(1));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
