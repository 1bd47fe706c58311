use mcp_runtime::{Server, tool, tools};

/// Searches the docs.
#[tool]
async fn search(#[arg(alias("q"))] _query: String, #[arg(alias("q"))] _other: String) -> String {
    String::new()
}

fn main() {
    drop(search(String::new(), String::new()));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
