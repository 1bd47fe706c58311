use mcp_runtime::{Server, prompt, prompts};

struct Options {
    topic: String,
}

/// A review.
#[prompt]
async fn review(opts: Options) -> String {
    opts.topic
}

fn main() {
    drop(review(Options { topic: String::new() }));
    drop(Server::new("demo", "1.0.0").prompts(prompts![review]));
}
