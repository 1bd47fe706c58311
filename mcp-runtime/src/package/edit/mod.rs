//! Changes of configuration files that keep everything else.

pub(super) mod json;
mod object;
pub(super) mod toml;
pub(super) mod yaml;

use serde_json::{Map, Value};

/// The members that locate a server; an entry has those of one transport.
const TRANSPORTS: [&[&str]; 2] = [&["command", "cmd"], &["url", "httpUrl", "uri"]];

/// Checks that an existing entry uses the same transport as its replacement.
fn same_transport<'k>(
    name: &str,
    old: &(impl Iterator<Item = &'k str> + Clone),
    new: &Map<String, Value>,
) -> Result<(), String> {
    for [ours, others] in [
        [TRANSPORTS[0], TRANSPORTS[1]],
        [TRANSPORTS[1], TRANSPORTS[0]],
    ] {
        let is_ours = new.keys().any(|key| ours.contains(&key.as_str()));
        if is_ours && old.clone().any(|key| others.contains(&key)) {
            return Err(format!(
                "`{name}` is there already, and reached in another way; remove it, or choose another --name"
            ));
        }
    }
    Ok(())
}

/// The line, from 1, of an offset in a text.
fn line(text: &str, place: usize) -> usize {
    text[..place.min(text.len())].matches('\n').count() + 1
}

/// The line break of a text.
fn newline(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

#[cfg(test)]
mod tests;
