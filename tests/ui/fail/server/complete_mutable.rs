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

    async fn names(&mut self, typed: String) -> Vec<String> {
        vec![typed]
    }
}

fn main() {
    drop(Demo.review(String::new()));
    drop({ let mut demo = Demo; drop(demo.names(String::new())) });
    drop(Demo.into_server());
}
