use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    /// Searches.
    #[tool]
    async fn search(&self, #[arg(range = 1..=)] limit: u8) -> String {
        limit.to_string()
    }
}

fn main() {
    drop(Demo.search(1));
    drop(Demo.into_server());
}
