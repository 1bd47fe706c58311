//! Claude Code: <https://docs.claude.com/en/docs/claude-code/mcp>.

use super::{Client, Format, Launch, entry, none, quoted};

pub(super) const CLIENT: Client = Client {
    key: "claude-code",
    title: "Claude Code",
    format: Format::Json,
    table: "mcpServers",
    file: |places| Some(places.in_project(".mcp.json")),
    entry: |_, launch| entry(launch, "url", &[("type", "http")]),
    link: none,
    command: |name, launch| {
        let (name, words) = (quoted(name), launch.shell());
        Some(match launch {
            Launch::Command { .. } => format!("claude mcp add {name} -- {words}"),
            Launch::Url(_) => format!("claude mcp add --transport http {name} {words}"),
        })
    },
    then: "start `claude` in this folder and approve the server; `/mcp` lists it",
};
