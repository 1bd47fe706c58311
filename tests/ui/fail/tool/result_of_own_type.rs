use mcp_runtime::{Server, tool, tools};

struct Page {
    query: String,
}

/// Searches the docs.
#[tool]
async fn search(query: String) -> Page {
    Page { query }
}

fn main() {
    drop(search(String::new()));
    drop(Page { query: String::new() }.query);
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
