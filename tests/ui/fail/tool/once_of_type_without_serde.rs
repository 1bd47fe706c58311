use mcp_runtime::{Context, Server, tool, tools};

struct Receipt;

/// Searches.
#[tool]
async fn search(cx: &Context) -> String {
    cx.once("receipt", async { Receipt }).await;
    String::new()
}

fn main() {
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
