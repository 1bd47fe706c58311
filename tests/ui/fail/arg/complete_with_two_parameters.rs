use mcp_runtime::{Server, prompt, prompts};

/// A review.
#[prompt]
async fn review(#[arg(complete = names)] topic: String) -> String {
    topic
}

fn names(typed: String, other: String) -> Vec<String> {
    vec![typed, other]
}

fn main() {
    drop(review(String::new()));
    drop(names(String::new(), String::new()));
    drop(Server::new("demo", "1.0.0").prompts(prompts![review]));
}
