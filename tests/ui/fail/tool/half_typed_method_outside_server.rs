use mcp_runtime::tool;

struct Demo;

impl Demo {
    /// Searches the docs.
    #[tool]
    async fn search(&self, query) -> String {
        String::new()
    }
}

fn main() {
    let _ = Demo;
}
