use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    /// A page.
    #[resource]
    async fn page(&self) -> String {
        String::new()
    }
}

fn main() {
    drop(Demo.page());
    drop(Demo.into_server());
}
