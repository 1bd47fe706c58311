use mcp_runtime::{Server, prompt, prompts};

/// A review.
#[prompt]
async fn review(#[arg(complete = names)] topic: String) -> String {
    topic
}

fn names(typed: u32) -> Vec<String> {
    vec![typed.to_string()]
}

fn main() {
    drop(review(String::new()));
    drop(names(1));
    drop(Server::new("demo", "1.0.0").prompts(prompts![review]));
}
