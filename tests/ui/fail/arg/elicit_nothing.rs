use mcp_runtime::{tool, tools};

/// Sends it.
#[tool]
async fn send(#[arg(elicit = "")] address: String) -> String {
    address
}

fn main() {
    let _ = mcp_runtime::Server::new("demo", "1.0.0").tools(tools![send]);
}
