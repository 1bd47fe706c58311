use mcp_runtime::{Server, prompt, prompts};

struct Review(String);

/// A review.
#[prompt]
async fn review(topic: String) -> Review {
    Review(topic)
}

fn main() {
    drop(Review(String::new()).0); drop(review(String::new()));
    drop(Server::new("demo", "1.0.0").prompts(prompts![review]));
}
