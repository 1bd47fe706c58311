//! Zed: <https://zed.dev/docs/ai/mcp>.

use super::{Client, Format, entry, none};

pub(super) const CLIENT: Client = Client {
    key: "zed",
    title: "Zed",
    format: Format::JsonWithComments,
    table: "context_servers",
    file: |places| places.dot_config("Zed/settings.json", "zed/settings.json"),
    entry: |_, launch| entry(launch, "url", &[]),
    link: none,
    command: none,
    then: "Zed reloads its settings when they change; the Agent panel's settings show the server",
};
