//! Cursor: <https://docs.cursor.com/en/context/mcp>.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Client, Format, entry, none};

pub(super) const CLIENT: Client = Client {
    key: "cursor",
    title: "Cursor",
    format: Format::JsonWithComments,
    table: "mcpServers",
    file: |places| Some(places.in_project(".cursor/mcp.json")),
    entry: |_, launch| entry(launch, "url", &[]),
    link: |name, launch| {
        let entry = STANDARD.encode(entry(launch, "url", &[]).to_string());
        let (name, entry) = (
            utf8_percent_encode(name, NON_ALPHANUMERIC),
            utf8_percent_encode(&entry, NON_ALPHANUMERIC),
        );
        Some(format!(
            "cursor://anysphere.cursor-deeplink/mcp/install?name={name}&config={entry}"
        ))
    },
    command: none,
    then: "switch the server on in Settings > MCP",
};
