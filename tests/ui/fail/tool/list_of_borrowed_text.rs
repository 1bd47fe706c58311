use mcp_runtime::{Server, tool, tools};

/// Searches the docs.
#[tool]
async fn search(words: Vec<&str>) -> String {
    words.concat()
}

fn main() {
    drop(search(Vec::new()));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
