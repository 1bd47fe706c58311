use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    /// Searches the docs.
    #[tool]
    async fn search(&self, query: String) -> String {
        query
    }

    #[ready]
    async fn database(&self) -> Result<(), String> {
        Ok(())
    }

    #[ready(name = "database")]
    async fn cache(&self) -> Result<(), String> {
        Ok(())
    }
}

fn main() {
    drop(Demo.search(String::new()));
    drop(Demo.database());
    drop(Demo.cache());
    drop(Demo.into_server());
}
