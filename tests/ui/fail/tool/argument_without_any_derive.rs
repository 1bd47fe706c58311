use mcp_runtime::{Server, tool, tools};

/// Searches.
#[tool]
async fn search(at: std::time::Instant) -> String {
    format!("{at:?}")
}

fn main() {
    drop(search(std::time::Instant::now()));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
