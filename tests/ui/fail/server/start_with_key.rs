use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    #[start(timeout = "5s")]
    async fn open(&self) {}

    #[ready(optinal)]
    async fn storage(&self) -> Result<(), std::fmt::Error> {
        Ok(())
    }
}

fn main() {
    drop(Demo.open());
    drop(Demo.storage());
    drop(Demo.into_server());
}
