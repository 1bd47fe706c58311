use mcp_runtime::{Server, prompt, prompts};

/// Searches the docs.
#[prompt]
async fn search(#[arg(flatten)] _query: String) -> String {
    String::new()
}

fn main() {
    drop(search(String::new()));
    drop(Server::new("demo", "1.0.0").prompts(prompts![search]));
}
