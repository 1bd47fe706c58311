use mcp_runtime::{Server, tool, tools};

/// Searches.
#[tool]
async fn search(#[arg(rate_limit = "10/min")] query: String) -> String {
    query
}

fn main() {
    drop(search(String::new()));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
