//! Claude Desktop: <https://modelcontextprotocol.io/docs/develop/connect-local-servers>.

use serde_json::{Value, json};

use super::{Client, Format, Launch, entry, none};

pub(super) const CLIENT: Client = Client {
    key: "claude-desktop",
    title: "Claude Desktop",
    format: Format::Json,
    table: "mcpServers",
    file: |places| {
        let settings = places.settings.as_ref()?;
        Some(settings.join("Claude/claude_desktop_config.json"))
    },
    entry: of,
    link: none,
    command: none,
    then: "quit Claude Desktop and start it again",
};

/// An entry starts a program; `mcp-remote` is one that reaches a URL, with a flag for plain HTTP.
fn of(_: &str, launch: &Launch) -> Value {
    let Launch::Url(url) = launch else {
        return entry(launch, "url", &[]);
    };
    let mut args = vec!["-y", "mcp-remote", url.as_str()];
    if url.starts_with("http://") {
        args.push("--allow-http");
    }
    json!({ "command": "npx", "args": args })
}
