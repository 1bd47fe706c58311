use mcp_runtime::server;

struct Demo;

/// A demo.
#[server(parts("more"))]
impl Demo {
    /// Searches the docs.
    #[tool]
    async fn search(&self, query: String) -> String {
        query
    }
}

#[server(part = "more", describe_rules)]
impl Demo {
    /// Finds in the docs.
    #[tool]
    async fn find(&self, query: String) -> String {
        query
    }
}

fn main() {
    drop(Demo.search(String::new()));
    drop(Demo.find(String::new()));
    drop(Demo.into_server());
}
