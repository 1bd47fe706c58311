//! An entry in a YAML file of block mappings, edited line by line.

use serde_json::{Map, Value};

use super::newline;

/// Writes `entry` to `table.name`, where no entry of that name exists.
pub(in super::super) fn put(
    text: &str,
    table: &str,
    name: &str,
    entry: &Map<String, Value>,
) -> Result<String, String> {
    let end = newline(text);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    check(&lines)?;
    let head = format!("{table}:");
    let mut heads = lines
        .iter()
        .enumerate()
        .filter(|(_, it)| key(it) == Some(table));
    let (place, unit) = match (heads.next(), heads.next()) {
        (None, _) => {
            lines.push(head);
            (lines.len(), "  ".to_owned())
        }
        (Some(_), Some(_)) => return Err(format!("`{table}` is there twice; remove one of them")),
        (Some((at, line)), None) => {
            let value = without_comment(line[line.find(':').unwrap_or(0) + 1..].trim());
            if matches!(value, "{}" | "null" | "~") {
                let kept = line.replacen(value, "", 1);
                kept.trim_end().clone_into(&mut lines[at]);
            } else if !value.is_empty() {
                return Err(format!(
                    "`{table}` is not written as a block; put the entry there by hand"
                ));
            }
            let block = Block::after(&lines, at);
            if let Some(existing) = block.entry(&lines, name) {
                let unit = block.indent.as_deref().unwrap_or("  ");
                return if existing == rendered(name, entry, unit) {
                    Ok(text.to_owned())
                } else {
                    Err(format!(
                        "`{name}` is there already; change it there, or choose another --name"
                    ))
                };
            }
            if block.is_list(&lines) {
                return Err(format!("`{table}` is a list; correct it first"));
            }
            (block.end, block.indent.unwrap_or_else(|| "  ".to_owned()))
        }
    };
    lines.splice(place..place, rendered(name, entry, &unit));
    Ok(lines.join(end) + end)
}

/// Refuses forms that cannot be edited line by line.
fn check(lines: &[String]) -> Result<(), String> {
    for (number, line) in lines.iter().enumerate() {
        let is_indented_by_tab =
            line.trim_start_matches(' ').starts_with('\t') && !line.trim().is_empty();
        let is_marker = (line.starts_with("---") && number > 0) || line.starts_with("...");
        if is_indented_by_tab || is_marker {
            return Err(format!(
                "line {}: this form of YAML cannot be changed safely",
                number + 1
            ));
        }
    }
    Ok(())
}

/// The key of a line that begins a member of the outermost mapping.
fn key(line: &str) -> Option<&str> {
    let (key, rest) = line.split_once(':')?;
    let is_key =
        !line.starts_with([' ', '#', '-']) && (rest.is_empty() || rest.starts_with([' ', '\r']));
    is_key.then(|| key.trim_matches(['"', '\'']))
}

fn without_comment(value: &str) -> &str {
    if value.starts_with('#') {
        return "";
    }
    value.split(" #").next().unwrap_or_default().trim()
}

/// The lines under a key.
struct Block {
    start: usize,
    /// The index after the last of them.
    end: usize,
    /// The indentation of its members.
    indent: Option<String>,
}

impl Block {
    fn after(lines: &[String], head: usize) -> Self {
        let is_blank = |line: &str| line.trim().is_empty();
        let is_inside =
            |line: &&String| is_blank(line) || line.starts_with(' ') || line.starts_with("- ");
        let length = lines[head + 1..].iter().take_while(is_inside).count();
        let inside = &lines[head + 1..=head + length];
        let trailing = inside
            .iter()
            .rev()
            .take_while(|line| is_blank(line))
            .count();
        let first = inside.iter().find(|line| {
            let text = line.trim_start();
            !text.is_empty() && !text.starts_with('#')
        });
        Self {
            start: head + 1,
            end: head + 1 + length - trailing,
            indent: first.map(|line| line[..line.len() - line.trim_start().len()].to_owned()),
        }
    }

    fn is_list(&self, lines: &[String]) -> bool {
        lines[self.start..self.end].iter().any(|line| {
            let indent = self.indent.as_deref().unwrap_or_default();
            line.strip_prefix(indent)
                .is_some_and(|rest| rest.starts_with("- "))
        })
    }

    /// The lines of a member.
    fn entry(&self, lines: &[String], name: &str) -> Option<Vec<String>> {
        let indent = self.indent.as_deref()?;
        let own = |line: &String| {
            line.strip_prefix(indent)
                .and_then(|rest| key(rest).map(str::to_owned))
        };
        let inside = &lines[self.start..self.end];
        let at = inside
            .iter()
            .position(|line| own(line).as_deref() == Some(name))?;
        let rest = inside[at + 1..]
            .iter()
            .take_while(|line| own(line).is_none());
        let found = std::iter::once(&inside[at]).chain(rest);
        Some(
            found
                .filter(|line| !line.trim().is_empty())
                .cloned()
                .collect(),
        )
    }
}

/// The lines of an entry; strings are in double quotes, which YAML reads as JSON does.
fn rendered(name: &str, entry: &Map<String, Value>, unit: &str) -> Vec<String> {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '_';
    let is_word =
        name.starts_with(|it: char| it.is_ascii_alphabetic()) && name.chars().all(is_plain);
    let name = if is_word {
        name.to_owned()
    } else {
        Value::from(name).to_string()
    };
    let members = entry
        .iter()
        .map(|(key, value)| format!("{unit}{unit}{key}: {value}"));
    std::iter::once(format!("{unit}{name}:"))
        .chain(members)
        .collect()
}
