use mcp_runtime::{Server, tool, tools};

/// Searches the docs.
#[tool]
const fn search(query: u32) -> u32 {
    query
}

fn main() {
    search(1);
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
