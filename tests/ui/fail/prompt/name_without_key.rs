use mcp_runtime::{Server, prompt, prompts};

/// A review.
#[prompt("review-code")]
async fn review(topic: String) -> String {
    topic
}

fn main() {
    drop(review(String::new()));
    drop(Server::new("demo", "1.0.0").prompts(prompts![review]));
}
