//! The MCP Inspector: <https://github.com/modelcontextprotocol/inspector>.

use super::{Client, Format, Launch, entry, none, quoted};

pub(super) const CLIENT: Client = Client {
    key: "inspector",
    title: "MCP Inspector",
    format: Format::Json,
    table: "mcpServers",
    file: |places| Some(places.in_project("mcp.json")),
    entry: |_, launch| entry(launch, "url", &[("type", "streamable-http")]),
    link: none,
    command: |name, launch| {
        Some(match launch {
            Launch::Command { .. } => {
                format!("npx @modelcontextprotocol/inspector {}", launch.shell())
            }
            Launch::Url(_) => format!(
                "npx @modelcontextprotocol/inspector --config mcp.json --server {}",
                quoted(name)
            ),
        })
    },
    then: "run the command, which opens a page in the browser",
};
