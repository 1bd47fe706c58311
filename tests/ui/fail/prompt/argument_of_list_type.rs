use mcp_runtime::{Server, prompt, prompts};

/// Searches.
#[prompt]
async fn pitch(products: Vec<String>) -> String {
    products.concat()
}

fn main() {
    drop(pitch(Vec::new()));
    drop(Server::new("demo", "1.0.0").prompts(prompts![pitch]));
}
