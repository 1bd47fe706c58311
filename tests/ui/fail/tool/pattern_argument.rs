use mcp_runtime::{Server, tool, tools};

/// Searches the docs.
#[tool]
async fn search((a, b): (String, String)) -> String {
    a + &b
}

fn main() {
    drop(search((String::new(), String::new())));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
