use mcp_runtime::{Server, tool, tools};

/// Searches the docs.
#[tool]
async fn search(words: &[String]) -> String {
    words.join(" ")
}

fn main() {
    drop(search(&[]));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
