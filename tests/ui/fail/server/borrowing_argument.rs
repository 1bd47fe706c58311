use mcp_runtime::server;

use std::borrow::Cow;

struct Demo;

/// A demo.
#[server]
impl Demo {
    /// Searches the docs.
    #[tool]
    async fn search<'a>(&'a self, query: Cow<'a, str>) -> String {
        query.into_owned()
    }
}

fn main() {
    drop(Demo.search("x".into()));
    drop(Demo.into_server());
}
