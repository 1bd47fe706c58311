//! The binary: `example-world` serves stdio, `example-world http --bind 127.0.0.1:8080` serves HTTP.

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    example_world::server()
        .await
        .map_err(mcp_runtime::Error::other)?
        .run()
        .await
}
