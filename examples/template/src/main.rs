//! The binary: without a command it serves stdio, for clients that start it; `--help` lists the commands.

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    {{crate_name}}::server().run().await
}
