use mcp_runtime::{Server, tool, tools};

/// Searches the docs.
#[tool]
async fn search(#[arg(header = "Region")] _a: String, #[arg(header = "region")] _b: String) {}

fn main() {
    drop(search(String::new(), String::new()));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
