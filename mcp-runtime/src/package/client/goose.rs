//! Goose: <https://block.github.io/goose/docs/getting-started/using-extensions>.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{Client, Format, Launch, none};

pub(super) const CLIENT: Client = Client {
    key: "goose",
    title: "Goose",
    format: Format::Yaml,
    table: "extensions",
    file: |places| places.dot_config("Block/goose/config/config.yaml", "goose/config.yaml"),
    entry: of,
    link: |name, launch| {
        let Launch::Url(url) = launch else {
            // Links of Goose can start known programs only, such as npx.
            return None;
        };
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let (id, url) = (encoded(name), encoded(url));
        Some(format!(
            "goose://extension?type=streamable_http&url={url}&id={id}&name={id}&description={id}"
        ))
    },
    command: none,
    then: "start a new session of Goose",
};

fn of(name: &str, launch: &Launch) -> Value {
    match launch {
        Launch::Command { path, args } => json!({
            "type": "stdio", "name": name, "enabled": true, "cmd": path, "args": args, "timeout": 300
        }),
        Launch::Url(url) => json!({
            "type": "streamable_http", "name": name, "enabled": true, "uri": url, "timeout": 300
        }),
    }
}
