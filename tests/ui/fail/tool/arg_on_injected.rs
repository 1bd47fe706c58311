use mcp_runtime::{Context, Server, tool, tools};

/// Searches the docs.
#[tool]
async fn search(#[arg(default)] cx: &Context) -> String {
    let _ = cx;
    String::new()
}

fn main() {
    let _ = search;
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
