use mcp_runtime::{model, tool, tools};

#[model(input)]
struct Address {
    street: String,
}

/// Sends it.
#[tool]
async fn send(#[arg(elicit = "Where to?")] address: Address) -> String {
    address.street
}

fn main() {
    let _ = mcp_runtime::Server::new("demo", "1.0.0").tools(tools![send]);
}
