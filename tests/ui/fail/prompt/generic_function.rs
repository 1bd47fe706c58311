use mcp_runtime::{Server, prompt, prompts};

/// A review.
#[prompt]
async fn review<T>(topic: T) -> String where T: Into<String> {
    topic.into()
}

fn main() {
    drop(review(String::new()));
    drop(Server::new("demo", "1.0.0").prompts(prompts![review]));
}
