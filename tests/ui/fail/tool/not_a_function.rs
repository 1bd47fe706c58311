use mcp_runtime::{Server, tool, tools};

/// Searches the docs.
#[tool]
pub struct Search {
    pub query: String,
}

fn main() {
    drop(Search { query: String::new() });
    drop(Server::new("demo", "1.0.0").tools(tools![]));
}
