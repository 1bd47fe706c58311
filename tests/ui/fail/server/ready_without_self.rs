use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    #[ready]
    async fn database() -> Result<(), std::fmt::Error> {
        Ok(())
    }
}

fn main() {
    drop(Demo::database());
    drop(Demo.into_server());
}
