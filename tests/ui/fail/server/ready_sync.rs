use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    #[ready]
    fn database(&self) -> Result<(), std::fmt::Error> {
        Ok(())
    }
}

fn main() {
    drop(Demo.database());
    drop(Demo.into_server());
}
