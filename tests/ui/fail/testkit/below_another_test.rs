use mcp_runtime::Server;
use mcp_testkit::TestClient;

fn server() -> Server {
    Server::new("demo", "1.0.0")
}

#[tokio::test]
#[mcp_testkit::test(server = server)]
async fn it_answers(client: TestClient) {
    drop(client);
}

fn main() {}
