use mcp_runtime::{Server, prompt, tools};

/// Searches.
#[prompt]
async fn pitch() -> String {
    String::new()
}

fn main() {
    drop(pitch());
    drop(Server::new("demo", "1.0.0").tools(tools![pitch]));
}
