//! Codex CLI: <https://developers.openai.com/codex/mcp>.

use std::path::PathBuf;

use super::{Client, Format, Launch, entry, none, quoted};

pub(super) const CLIENT: Client = Client {
    key: "codex",
    title: "Codex CLI",
    format: Format::Toml,
    table: "mcp_servers",
    file: |places| {
        let own = std::env::var_os("CODEX_HOME").map(PathBuf::from);
        let folder = own.or_else(|| Some(places.home.as_ref()?.join(".codex")));
        Some(folder?.join("config.toml"))
    },
    entry: |_, launch| entry(launch, "url", &[]),
    link: none,
    command: |name, launch| {
        let (name, words) = (quoted(name), launch.shell());
        Some(match launch {
            Launch::Command { .. } => format!("codex mcp add {name} -- {words}"),
            Launch::Url(_) => format!("codex mcp add {name} --url {words}"),
        })
    },
    then: "`codex mcp list` shows the server; `tool_timeout_sec` is the time that a call may take",
};
