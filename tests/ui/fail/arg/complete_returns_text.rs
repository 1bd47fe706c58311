use mcp_runtime::{Server, prompt, prompts};

/// A review.
#[prompt]
async fn review(#[arg(complete = names)] topic: String) -> String {
    topic
}

async fn names(typed: String) -> String {
    typed
}

fn main() {
    drop(review(String::new()));
    drop(names(String::new()));
    drop(Server::new("demo", "1.0.0").prompts(prompts![review]));
}
