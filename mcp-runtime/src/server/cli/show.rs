//! Results on stdout: text or structured content of a tool, contents of a resource, messages of a prompt.

use std::io::{self, IsTerminal as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::call::Called;
use super::json;
use crate::error::{Error, Result};

/// Prints one text and a newline, or as much of it as the reader takes.
pub(super) fn print(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// Prints a message for a person, on stderr.
pub(super) fn print_note(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Prints the result of a tool as its model reads it: its text, or its structured content if the text is just its
/// JSON. A failure is an error.
pub(super) fn tool(called: &Called) -> Result<()> {
    let result: Value = read(called)?;
    let text = entries(&result, "content").map(block);
    let text = text.collect::<Vec<_>>().join("\n");
    if called.code != 0 {
        return Err(Error::command(called.code, text));
    }
    print(&match structured(called) {
        Some(structured) if text.is_empty() || text == structured => json::pretty(&structured),
        _ => text,
    });
    Ok(())
}

/// Prints a result as JSON, including a failure.
pub(super) fn whole(called: &Called) -> Result<()> {
    print(&json::pretty(called.raw.get()));
    if called.code == 0 {
        return Ok(());
    }
    Err(Error::command(called.code, "the tool failed"))
}

/// The structured content of a result, as it was sent.
fn structured(called: &Called) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Structured<'a> {
        #[serde(borrow)]
        structured_content: &'a RawValue,
    }
    let result: Structured<'_> = serde_json::from_str(called.raw.get()).ok()?;
    Some(result.structured_content.get().to_owned())
}

fn read(called: &Called) -> Result<Value> {
    serde_json::from_str(called.raw.get()).map_err(|error| Error::usage(error.to_string()))
}

/// Prints the contents of a resource: text unchanged, bytes only into a file or a pipe.
pub(super) fn contents(called: &Called) -> Result<()> {
    for contents in entries(&read(called)?, "contents") {
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
pub(super) fn messages(called: &Called) -> Result<()> {
    for message in entries(&read(called)?, "messages") {
        let role = message["role"].as_str().unwrap_or_default();
        print(&format!("{role}: {}", block(&message["content"])));
    }
    Ok(())
}

fn entries<'a>(result: &'a Value, member: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    result[member].as_array().into_iter().flatten()
}

/// The text of a block; a placeholder for other kinds.
fn block(block: &Value) -> String {
    let nested = &block["resource"];
    if let Some(text) = block["text"].as_str().or(nested["text"].as_str()) {
        return text.to_owned();
    }
    let kind = block["type"].as_str().unwrap_or("content");
    let uri = block["uri"].as_str().or(nested["uri"].as_str());
    let details = [block["mimeType"].as_str(), uri];
    let details = details.into_iter().flatten().collect::<Vec<_>>().join(", ");
    format!("({kind}: {details}; --json prints all of it)")
}
