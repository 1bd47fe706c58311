//! VS Code: <https://code.visualstudio.com/docs/copilot/customization/mcp-servers>.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{Client, Format, Launch, entry, quoted};

pub(super) const CLIENT: Client = Client {
    key: "vscode",
    title: "VS Code",
    format: Format::JsonWithComments,
    table: "servers",
    file: |places| Some(places.in_project(".vscode/mcp.json")),
    entry: of,
    link: |name, launch| {
        let entry = named(name, launch).to_string();
        let entry = utf8_percent_encode(&entry, NON_ALPHANUMERIC);
        Some(format!("vscode:mcp/install?{entry}"))
    },
    command: |name, launch| {
        let entry = quoted(&named(name, launch).to_string());
        Some(format!("code --add-mcp {entry}"))
    },
    then: "press Start above the entry in .vscode/mcp.json, then pick the tools in the chat",
};

fn of(_: &str, launch: &Launch) -> Value {
    match launch {
        Launch::Command { path, args } => json!({ "type": "stdio", "command": path, "args": args }),
        Launch::Url(_) => entry(launch, "url", &[("type", "http")]),
    }
}

/// The entry of a link or a command, which contains its name.
fn named(name: &str, launch: &Launch) -> Value {
    let mut entry = json!({ "name": name });
    if let (Some(entry), Value::Object(members)) = (entry.as_object_mut(), of(name, launch)) {
        entry.extend(members);
    }
    entry
}
