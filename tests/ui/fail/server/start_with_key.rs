use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    #[start(timeout = "5s")]
    async fn open(&self) {}
}

fn main() {
    drop(Demo.open());
    drop(Demo.into_server());
}
