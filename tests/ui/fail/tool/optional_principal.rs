use mcp_runtime::{Principal, Server, tool, tools};

/// Searches.
#[tool]
async fn search(who: Option<&Principal>) -> String {
    format!("{who:?}")
}

fn main() {
    drop(search(None));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
