use mcp_runtime::{Server, tool, tools};

/// Pings.
#[tool]
async fn ping() {}

#[mcp_testkit::server]
fn one() -> Server {
    Server::new("demo", "1.0.0").tools(tools![ping])
}

#[mcp_testkit::server]
fn two() -> Server {
    Server::new("demo", "1.0.0").tools(tools![ping])
}

fn main() {
    drop(Server::new("demo", "1.0.0").tools(tools![ping]));
}
