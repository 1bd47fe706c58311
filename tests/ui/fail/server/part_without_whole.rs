use mcp_runtime::server;

struct Demo;

/// A demo.
#[server(part = "orders")]
impl Demo {
    /// Pings.
    #[tool]
    async fn ping(&self) -> String {
        String::new()
    }
}

fn main() {
    drop(Demo.into_server());
}
