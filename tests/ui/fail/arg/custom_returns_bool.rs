use mcp_runtime::{Server, tool, tools};

fn is_known(query: &str) -> bool {
    !query.is_empty()
}

/// Searches.
#[tool]
async fn search(#[arg(custom = is_known)] query: String) -> String {
    query
}

fn main() {
    drop(search(String::new()));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
