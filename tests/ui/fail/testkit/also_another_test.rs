use mcp_runtime::{Server, tool, tools};
use mcp_testkit::TestClient;

/// Pings.
#[tool]
async fn ping() {}

#[mcp_testkit::server]
fn server() -> Server {
    Server::new("demo", "1.0.0").tools(tools![ping])
}

#[mcp_testkit::test]
#[tokio::test]
async fn it_answers(client: TestClient) {
    client.tools().await;
}

fn main() {
    drop(Server::new("demo", "1.0.0").tools(tools![ping]));
}
