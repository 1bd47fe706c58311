//! The binary: without a command it serves stdio, which is what a client starts; `--help` lists the others.

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    {{crate_name}}::server().run().await
}
