//! Changes of configuration files that keep everything else.

pub(super) mod json;
mod object;
pub(super) mod toml;
pub(super) mod yaml;

use serde_json::{Map, Value};

/// The members that say where a server is; an entry has those of one transport.
const TRANSPORTS: [&[&str]; 2] = [&["command", "cmd"], &["url", "httpUrl", "uri"]];

/// Checks that an entry that is there already is reached in the same way as the one that takes its place.
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

/// The line, from 1, of a place in a text.
fn line(text: &str, place: usize) -> usize {
    text[..place.min(text.len())].matches('\n').count() + 1
}

/// The line break of a text.
fn newline(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

#[cfg(test)]
mod tests;
