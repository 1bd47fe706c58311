use std::time::Duration;

use mcp_runtime::{Context, Server, tool, tools};

struct Receipt;

/// Searches.
#[tool]
async fn search(cx: &Context) -> String {
    let _ = cx.store().put("receipt", &Receipt, Duration::from_secs(60)).await;
    String::new()
}

fn main() {
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
