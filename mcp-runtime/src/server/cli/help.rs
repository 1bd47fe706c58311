//! `call TOOL --help`: the arguments of a tool as its schema describes them.

use serde_json::Value;

use super::table;
use crate::protocol::Tool;
use crate::registry::Entry;
use crate::schema::rules;

/// Describes a tool and its arguments for the command line.
pub(super) fn tool(program: &str, entry: &Entry, tool: &Tool, file: &str) -> String {
    let mut schema: Value = serde_json::from_str(tool.input_schema.get()).unwrap_or_default();
    rules::describe(&mut schema);
    let required = |name: &str| {
        let names = schema["required"].as_array().into_iter().flatten();
        names.into_iter().any(|it| it == name)
    };
    let properties = || schema["properties"].as_object().into_iter().flatten();
    let words = properties().map(|(name, schema)| {
        let word = format!("{name}={}", placeholder(schema));
        if required(name) {
            word
        } else {
            format!("[{word}]")
        }
    });
    let words = words.collect::<Vec<_>>().join(" ");
    let mut text = format!(
        "{}\n\nUsage: {program} call {} {words}",
        tool.description, entry.name
    );
    let rows: Vec<[String; 3]> = properties()
        .map(|(name, schema)| {
            let need = if required(name) { ", required" } else { "" };
            let described = schema["description"].as_str().unwrap_or_default();
            [
                format!("  {name}"),
                format!("{}{need}", kind(schema)),
                described.replace('\n', " "),
            ]
        })
        .collect();
    if !rows.is_empty() {
        text = format!("{text}\n\nArguments:\n{}", table::aligned(&rows));
    }
    let limits = table::in_force(entry, file);
    if limits != table::NONE {
        text = format!("{text}\n\nLimits: {limits}");
    }
    format!(
        "{}\n\nA value is JSON, or text where the argument is text; NAME=@FILE reads it from a file, and a repeated NAME \
         makes a list. All arguments at once: a JSON object, @FILE, or - for stdin. `--json` prints the whole result.",
        text.trim_end()
    )
}

/// The placeholder in the usage line: `INTEGER`, `a|b`, and `TEXT ..` for a list.
fn placeholder(schema: &Value) -> String {
    if schema["type"] == "array" {
        return format!("{} ..", placeholder(&schema["items"]));
    }
    let kind = kind(schema);
    if schema["enum"].is_array() {
        kind
    } else {
        kind.to_uppercase()
    }
}

/// A short name of the type of an argument.
fn kind(schema: &Value) -> String {
    if let Some(choices) = schema["enum"].as_array() {
        let choices = choices
            .iter()
            .map(|it| it.as_str().map_or_else(|| it.to_string(), str::to_owned));
        return choices.collect::<Vec<_>>().join("|");
    }
    let name = match &schema["type"] {
        Value::String(name) => name.as_str(),
        Value::Array(names) => {
            let mut names = names.iter().filter_map(Value::as_str);
            names.find(|it| *it != "null").unwrap_or("json")
        }
        _ => "json",
    };
    match name {
        "string" => "text".to_owned(),
        "array" => format!("list of {}", kind(&schema["items"])),
        name => name.to_owned(),
    }
}
