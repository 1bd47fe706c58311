use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    #[ready]
    async fn database(&self) {}
}

fn main() {
    drop(Demo.database());
    drop(Demo.into_server());
}
