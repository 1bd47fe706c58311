use mcp_runtime::{Context, Server, tool, tools};

struct Receipt;

/// Searches.
#[tool]
async fn search(cx: &Context) -> bool {
    matches!(cx.store().get::<Receipt>("receipt").await, Ok(Some(_)))
}

fn main() {
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
