use mcp_runtime::{Server, tool, tools};

/// Searches.
#[tool]
async fn search(#[arg(rest)] queries: Vec<String>) -> String {
    queries.concat()
}

fn main() {
    drop(search(Vec::new()));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
