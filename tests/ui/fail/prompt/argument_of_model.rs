use mcp_runtime::{Server, model, prompt, prompts};

#[model]
struct Product {
    name: String,
}

/// Pitches.
#[prompt]
async fn pitch(product: Product) -> String {
    product.name
}

fn main() {
    drop(Server::new("demo", "1.0.0").prompts(prompts![pitch]));
}
