use mcp_runtime::server;

struct Demo;

impl Demo {
    fn is_staff(&self, name: &str) -> bool {
        name == "staff"
    }
}

/// A demo.
#[server]
impl Demo {
    /// Searches the docs.
    #[tool(visible_if = Self::is_staff)]
    async fn search(&self, query: String) -> String {
        query
    }
}

fn main() {
    let _ = Demo.is_staff("ann");
    drop(Demo.search(String::new()));
    drop(Demo.into_server());
}
