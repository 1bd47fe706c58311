use mcp_runtime::{Server, tool, tools};

/// Searches.
#[tool]
async fn search(#[arg(header = "Level")] level: f64) -> String {
    level.to_string()
}

fn main() {
    drop(search(1.0));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
