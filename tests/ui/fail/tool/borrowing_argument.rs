use mcp_runtime::{Server, tool, tools};

use std::borrow::Cow;

/// Searches the docs.
#[tool]
async fn search<'a>(query: Cow<'a, str>) -> String {
    query.into_owned()
}

fn main() {
    drop(search("x".into()));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
