use mcp_runtime::server;

struct Demo {
    cache: std::rc::Rc<String>,
}

/// A demo.
#[server]
impl Demo {
    /// Searches the docs.
    #[tool]
    async fn search(&self, query: String) -> String {
        format!("{query}{}", self.cache)
    }
}

fn main() {
    drop(Demo { cache: std::rc::Rc::default() }.into_server());
}
