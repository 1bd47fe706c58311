use mcp_runtime::server;

struct Demo<T>(T);

/// A demo.
#[server]
impl<T> Demo<T> {
    /// Pings.
    #[tool]
    async fn ping(&self) -> String {
        String::new()
    }
}

fn main() {
    drop(Demo(1).into_server());
}
