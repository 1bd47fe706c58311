use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    #[tool = "Pings."]
    async fn ping(&self) -> String {
        String::new()
    }
}

fn main() {
    drop(Demo.ping());
    drop(Demo.into_server());
}
