use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    /// Pings.
    #[tool]
    async fn ping(&self) -> String {
        String::new()
    }

    #[ready]
    async fn database(&self) -> bool {
        true
    }
}

fn main() {
    drop(Demo.into_server());
}
