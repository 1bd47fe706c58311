//! An entry in a JSON file, with or without comments.

use serde_json::{Map, Value};

use super::object::Object;
use super::{newline, same_transport};

/// Writes `entry` to `table.name`: as a new member, or into the existing one.
pub(in super::super) fn put(
    text: &str,
    comments: bool,
    table: &str,
    name: &str,
    entry: &Map<String, Value>,
) -> Result<String, String> {
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        let document = serde_json::json!({ table: { name: entry } });
        return Ok(format!("{document:#}\n"));
    }
    let root = Object::parse(text, comments)?;
    let Some(servers) = root.member(table)? else {
        let value = serde_json::json!({ name: entry });
        return Ok(insert(text, &root, &root, table, &value));
    };
    let of = |key: &str| format!("`{key}` is not an object; correct it first");
    let servers = servers.object.as_ref().ok_or_else(|| of(table))?;
    let Some(old) = servers.member(name)? else {
        return Ok(insert(text, &root, servers, name, &entry.clone().into()));
    };
    let old = old.object.as_ref().ok_or_else(|| of(name))?;
    same_transport(name, &old.members.iter().map(|it| it.key.as_str()), entry)?;
    let mut text = text.to_owned();
    for (key, value) in entry {
        text = set(&text, comments, [table, name], key, value)?;
    }
    Ok(text)
}

/// Sets one member of the existing entry at `path`.
fn set(
    text: &str,
    comments: bool,
    path: [&str; 2],
    key: &str,
    value: &Value,
) -> Result<String, String> {
    let root = Object::parse(text, comments)?;
    let mut object = &root;
    for step in path {
        let inside = object.member(step)?.and_then(|it| it.object.as_ref());
        object = inside.ok_or_else(|| format!("`{step}` is not an object"))?;
    }
    let Some(member) = object.member(key)? else {
        return Ok(insert(text, &root, object, key, value));
    };
    let old = &text[member.value.clone()];
    match serde_json::from_str::<Value>(old) {
        Ok(old) if old == *value => Ok(text.to_owned()),
        Ok(_) => {
            let mut changed = text.to_owned();
            changed.replace_range(member.value.clone(), &value.to_string());
            Ok(changed)
        }
        Err(_) => Err(format!(
            "`{key}` of `{}` has comments, which would be lost; change it to {value} by hand",
            path[1]
        )),
    }
}

/// Inserts a member at the end of an object; comments stay where they are.
fn insert(text: &str, root: &Object, object: &Object, key: &str, value: &Value) -> String {
    let end = newline(text);
    let unit = match root.members.first() {
        Some(member) if is_first_on_line(text, member.start) => indent(text, member.start),
        _ => "  ",
    };
    let unit = if unit.is_empty() { "  " } else { unit };
    let outer = indent(text, object.open);
    let inner = match object.members.first() {
        Some(member) if is_first_on_line(text, member.start) => {
            indent(text, member.start).to_owned()
        }
        _ => format!("{outer}{unit}"),
    };
    let value = indented(value, unit, &inner, end);
    let key = Value::from(key);
    let (before, rest) = match object.members.last() {
        None => (object.open + 1, ""),
        Some(last) if object.has_trailing_comma => (last.value.end, ""),
        Some(last) => (last.value.end, ","),
    };
    let kept = text[before..object.close].trim_end();
    let comma = if object.has_trailing_comma { "," } else { "" };
    format!(
        "{}{rest}{kept}{end}{inner}{key}: {value}{comma}{end}{outer}{}",
        &text[..before],
        &text[object.close..]
    )
}

/// A value over several lines, with the indentation of the file.
fn indented(value: &Value, unit: &str, inner: &str, end: &str) -> String {
    let text = format!("{value:#}");
    let lines = text.lines().map(|line| {
        let rest = line.trim_start();
        let depth = (line.len() - rest.len()) / 2;
        format!("{}{rest}", unit.repeat(depth))
    });
    lines.collect::<Vec<_>>().join(&format!("{end}{inner}"))
}

/// The white space before a line's first character.
fn indent(text: &str, place: usize) -> &str {
    let start = text[..place].rfind('\n').map_or(0, |at| at + 1);
    let line = &text[start..];
    let length = line.len() - line.trim_start_matches([' ', '\t']).len();
    &line[..length]
}

fn is_first_on_line(text: &str, place: usize) -> bool {
    let start = text[..place].rfind('\n').map_or(0, |at| at + 1);
    start > 0 && text[start..place].trim().is_empty()
}
