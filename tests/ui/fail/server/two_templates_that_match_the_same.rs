use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    /// A page.
    #[resource("docs://{topic}")]
    async fn page(&self, topic: String) -> String {
        topic
    }

    /// A list.
    #[resource("docs://{kind}{?limit}")]
    async fn list(&self, kind: String, limit: Option<u32>) -> String {
        format!("{kind} {limit:?}")
    }
}

fn main() {
    drop(Demo.page(String::new()));
    drop(Demo.list(String::new(), None));
    drop(Demo.into_server());
}
