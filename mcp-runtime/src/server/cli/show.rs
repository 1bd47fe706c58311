//! Results on stdout: structured content or text of a tool, contents of a resource, messages of a prompt.

use std::io::{self, IsTerminal as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::error::{Error, Result};

/// Prints one text and a newline, or as much of it as the reader takes.
pub(super) fn print(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// Prints the structured content of a tool's result, or else its text; a failure is an error.
pub(super) fn tool(result: &Value) -> Result<()> {
    let failed = result["isError"] == true;
    if let (Some(structured), false) = (result.get("structuredContent"), failed) {
        print(&format!("{structured:#}"));
        return Ok(());
    }
    let text = entries(result, "content").map(block);
    let text = text.collect::<Vec<_>>().join("\n");
    if failed {
        return Err(Error::usage(text));
    }
    print(&text);
    Ok(())
}

/// Prints the contents of a resource: text as it is, bytes only into a file or a pipe.
pub(super) fn contents(result: &Value) -> Result<()> {
    for contents in entries(result, "contents") {
        let Some(blob) = contents["blob"].as_str() else {
            print(contents["text"].as_str().unwrap_or_default());
            continue;
        };
        let bytes = STANDARD
            .decode(blob)
            .map_err(|error| Error::usage(format!("the contents are not base64: {error}")))?;
        if io::stdout().is_terminal() {
            let mime_type = contents["mimeType"].as_str().unwrap_or("unknown type");
            print(&format!(
                "{} bytes ({mime_type}); redirect them into a file",
                bytes.len()
            ));
        } else {
            let written = io::stdout().write_all(&bytes);
            written.map_err(|cause| Error::io("the contents cannot be written", cause))?;
        }
    }
    Ok(())
}

/// Prints the messages of a prompt, each below its role.
pub(super) fn messages(result: &Value) {
    for message in entries(result, "messages") {
        let role = message["role"].as_str().unwrap_or_default();
        print(&format!("{role}: {}", block(&message["content"])));
    }
}

fn entries<'a>(result: &'a Value, member: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    result[member].as_array().into_iter().flatten()
}

/// The text of a block; the JSON of what has none.
fn block(block: &Value) -> String {
    let text = block["text"].as_str();
    text.map_or_else(|| block.to_string(), str::to_owned)
}
