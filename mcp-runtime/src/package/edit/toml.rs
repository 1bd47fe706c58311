//! An entry in a TOML file.

use std::fmt::Write as _;

use serde_json::{Map, Value};
use toml::de::{DeTable, DeValue};

use super::same_transport;

/// Writes `entry` to `[table.name]`: as a table at the end, or into the existing one.
pub(in super::super) fn put(
    text: &str,
    table: &str,
    name: &str,
    entry: &Map<String, Value>,
) -> Result<String, String> {
    let before = read(text)?;
    if before.get(table).is_some_and(|it| !it.is_object()) {
        return Err(format!("`{table}` is not a table; correct it first"));
    }
    let old = before[table][name].as_object();
    if before[table].get(name).is_some_and(|it| !it.is_object()) {
        return Err(format!("`{table}.{name}` is not a table; correct it first"));
    }
    let mut changed = text.to_owned();
    match old {
        None => append(&mut changed, table, name, entry),
        Some(old) => {
            same_transport(name, &old.keys().map(String::as_str), entry)?;
            let differing = entry
                .iter()
                .filter(|(key, value)| old.get(*key) != Some(*value));
            for (key, value) in differing {
                changed = set(&changed, [table, name], key, value)?;
            }
        }
    }
    let mut wanted = before;
    for (key, value) in entry {
        wanted[table][name][key] = value.clone();
    }
    if read(&changed).as_ref() == Ok(&wanted) {
        Ok(changed)
    } else {
        Err(format!(
            "`{table}` is written in a form that cannot be changed safely; put the entry there by hand"
        ))
    }
}

fn append(text: &mut String, table: &str, name: &str, entry: &Map<String, Value>) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    if !text.is_empty() {
        text.push('\n');
    }
    let _ = writeln!(text, "[{table}.{}]", key(name));
    for (name, value) in entry {
        let _ = writeln!(text, "{} = {value}", key(name));
    }
}

/// Sets one value of the existing table at `path`: in place, or on a line after the last one.
fn set(text: &str, path: [&str; 2], name: &str, value: &Value) -> Result<String, String> {
    let root = DeTable::parse(text).map_err(|error| error.to_string())?;
    let mut table = root.get_ref();
    for step in path {
        table = match table.get(step).map(toml::Spanned::get_ref) {
            Some(DeValue::Table(inside)) => inside,
            _ => return Err(format!("`{step}` is not a table")),
        };
    }
    let mut changed = text.to_owned();
    if let Some(old) = table.get(name) {
        if text[old.span()].contains('#') {
            return Err(format!(
                "`{name}` of `{}` may have comments; change it to {value} by hand",
                path[1]
            ));
        }
        changed.replace_range(old.span(), &value.to_string());
        return Ok(changed);
    }
    let values = table
        .iter()
        .filter(|(_, value)| !matches!(value.get_ref(), DeValue::Table(_)));
    let last = values.map(|(_, value)| value.span().end).max();
    let last = last.ok_or_else(|| format!("`{}` is empty; correct it first", path[1]))?;
    let end = text[last..].find('\n').map_or(text.len(), |at| last + at);
    changed.insert_str(end, &format!("\n{} = {value}", key(name)));
    Ok(changed)
}

/// A key, quoted if necessary.
fn key(name: &str) -> String {
    let is_bare = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '-';
    if !name.is_empty() && name.chars().all(is_bare) {
        return name.to_owned();
    }
    Value::from(name).to_string()
}

/// Parses a file for comparison.
fn read(text: &str) -> Result<Value, String> {
    let root = DeTable::parse(text).map_err(|error| error.to_string())?;
    Ok(members(root.get_ref()))
}

fn members(table: &DeTable<'_>) -> Value {
    let pairs = table
        .iter()
        .map(|(key, value)| (key.get_ref().to_string(), json(value.get_ref())));
    pairs.collect::<Map<_, _>>().into()
}

/// A value as JSON; numbers and dates as their text.
fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => text.as_ref().into(),
        DeValue::Boolean(value) => (*value).into(),
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect(),
        DeValue::Table(table) => members(table),
        other => format!("{other:?}").into(),
    }
}
