use mcp_runtime::{Server, prompt, prompts};

/// A review.
#[prompt]
async fn review(_: String) -> String {
    String::new()
}

fn main() {
    drop(review(String::new()));
    drop(Server::new("demo", "1.0.0").prompts(prompts![review]));
}
