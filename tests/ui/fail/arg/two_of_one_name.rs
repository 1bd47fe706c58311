use mcp_runtime::{Server, tool, tools};

/// Searches the docs.
#[tool]
async fn search(#[arg(rename = "query")] _q: String, _query: String) {}

fn main() {
    drop(search(String::new(), String::new()));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
