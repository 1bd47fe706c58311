use mcp_runtime::{Server, tool, tools};

/// Searches the docs.
#[tool]
async fn search(#[arg(range = ..=1.0, example = 1.5)] _ratio: f64) {}

fn main() {
    drop(search(1.0));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
