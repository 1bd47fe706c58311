use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    /// Asks the database.
    #[tool]
    #[ready]
    async fn database(&self) -> Result<(), std::fmt::Error> {
        Ok(())
    }
}

fn main() {
    drop(Demo.database());
    drop(Demo.into_server());
}
