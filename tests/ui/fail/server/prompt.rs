use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    /// Reviews something.
    #[prompt]
    async fn review(&self, topic: String) -> String {
        topic
    }
}

fn main() {
    drop(Demo.review(String::new()));
    drop(Demo.into_server());
}
