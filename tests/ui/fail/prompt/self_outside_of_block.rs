use mcp_runtime::{Server, prompt, prompts};

/// Searches.
#[prompt]
async fn pitch(#[arg(complete = Self::products)] product: String) -> String {
    product
}

fn main() {
    drop(pitch(String::new()));
    drop(Server::new("demo", "1.0.0").prompts(prompts![pitch]));
}
