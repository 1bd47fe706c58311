//! Gemini CLI: <https://github.com/google-gemini/gemini-cli/blob/main/docs/tools/mcp-server.md>.

use super::{Client, Format, Launch, entry, none, quoted};

pub(super) const CLIENT: Client = Client {
    key: "gemini",
    title: "Gemini CLI",
    format: Format::JsonWithComments,
    table: "mcpServers",
    file: |places| Some(places.in_project(".gemini/settings.json")),
    entry: |_, launch| entry(launch, "httpUrl", &[]),
    link: none,
    command: |name, launch| {
        let (name, words) = (quoted(name), launch.shell());
        Some(match launch {
            Launch::Command { .. } => format!("gemini mcp add {name} {words}"),
            Launch::Url(_) => format!("gemini mcp add --transport http {name} {words}"),
        })
    },
    then: "start `gemini` in this folder, which has to be trusted; `/mcp` lists the server",
};
