use mcp_runtime::{Server, prompt, prompts};

/// A review.
#[prompt]
async fn review(#[arg(complete = names)] topic: String) -> String {
    topic
}

fn names(typed: &str) -> Vec<String> {
    vec![typed.to_owned()]
}

fn main() {
    drop(review(String::new()));
    drop(names(""));
    drop(Server::new("demo", "1.0.0").prompts(prompts![review]));
}
