use mcp_runtime::{Server, prompt, prompts};

/// A review.
#[prompt]
async fn review(topic: &str) -> String {
    topic.to_owned()
}

fn main() {
    drop(review(""));
    drop(Server::new("demo", "1.0.0").prompts(prompts![review]));
}
