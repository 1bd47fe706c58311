use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    /// A review.
    #[prompt]
    async fn review(&self, #[arg(complete = Self::names)] topic: String) -> String {
        topic
    }

    async fn names(&self, typed: String, other: String) -> Vec<String> {
        vec![typed, other]
    }
}

fn main() {
    drop(Demo.review(String::new()));
    drop(Demo.names(String::new(), String::new()));
    drop(Demo.into_server());
}
