use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    #[ready(optinal)]
    async fn storage(&self) -> Result<(), std::fmt::Error> {
        Ok(())
    }
}

fn main() {
    drop(Demo.storage());
    drop(Demo.into_server());
}
