use mcp_runtime::{Server, tool, tools};

/// Searches.
#[tool]
async fn search(#[arg(default = null)] limit: Option<u32>) -> String {
    format!("{limit:?}")
}

fn main() {
    drop(search(None));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
