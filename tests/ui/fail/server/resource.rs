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

    /// A page.
    #[resource("docs://{page}")]
    async fn page(&self, page: String) -> String {
        page
    }
}

fn main() {
    drop(Demo.search(String::new()));
    drop(Demo.page(String::new()));
    drop(Demo.into_server());
}
