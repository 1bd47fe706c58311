//! The binary: `example-notes` serves stdio, `example-notes http --bind 127.0.0.1:8080` serves HTTP.

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    example_notes::server().run().await
}
