use mcp_runtime::{Server, tool, tools};

/// Searches.
#[tool]
async fn search(#[arg(range = 1..=)] limit: u8) -> String {
    limit.to_string()
}

fn main() {
    drop(search(1));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
