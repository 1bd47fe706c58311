//! The binary: `example-files` serves stdio, `example-files http --bind 127.0.0.1:8080` serves HTTP.

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    let folder = std::env::var_os("FILES_FOLDER").unwrap_or_else(|| ".".into());
    example_files::server(folder).run().await
}
