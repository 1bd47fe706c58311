use mcp_runtime::{Server, tool, tools};

/// Searches the docs.
#[tool]
async fn search(#[arg(alias("limit"))] _query: String, _limit: u8) -> String {
    String::new()
}

fn main() {
    drop(search(String::new(), 1));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
