use mcp_runtime::Server;
use mcp_testkit::TestClient;

fn server() -> Server {
    Server::new("demo", "1.0.0")
}

#[mcp_testkit::test(server = server, version = "2025-11-25")]
async fn it_answers(client: TestClient) {
    drop(client);
}

fn main() {}
