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

    async fn names(&self) -> Vec<String> {
        Vec::new()
    }
}

fn main() {
    drop(Demo.review(String::new()));
    drop(Demo.names());
    drop(Demo.into_server());
}
