use mcp_runtime::{Server, prompts, resource};

/// A page.
#[resource("docs://readme")]
async fn page() -> String {
    String::new()
}

fn main() {
    drop(Server::new("demo", "1.0.0").prompts(prompts![page]));
}
