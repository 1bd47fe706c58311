use mcp_runtime::{Server, tool, tools};

/// Searches the docs.
#[tool]
async fn search<T: ToString>(query: T) -> String {
    query.to_string()
}

fn main() {
    drop(search(1));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
