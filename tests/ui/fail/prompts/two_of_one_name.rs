use mcp_runtime::{Server, prompt, prompts};

/// A review.
#[prompt]
async fn review() -> String {
    String::new()
}

/// Another one.
#[prompt(name = "review")]
async fn second() -> String {
    String::new()
}

fn main() {
    drop(Server::new("demo", "1.0.0").prompts(prompts![review, second]));
}
