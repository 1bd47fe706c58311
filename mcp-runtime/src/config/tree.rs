//! A file of settings, with the position of every key and value.
//!
//! The parser recovers from errors, so that all of them are reported. Numbers stay text: a kind decides their range,
//! and an integer never becomes a float.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::raw::Raw;

/// A position in a file, counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub line: usize,
    pub column: usize,
}

/// A value with its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub position: Position,
    pub value: Value,
}

/// A value: numbers and switches as their text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// A text, or the text of a number, a switch or a date.
    Text(String),
    /// The entries of an array.
    List(Vec<Node>),
    /// The members of a table, in the order of the file.
    Table(Vec<Member>),
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    /// The key, without quotes.
    pub name: String,
    /// The position of the key.
    pub position: Position,
    /// The value.
    pub node: Node,
}

/// A text that is not TOML: the reason and its position.
#[derive(Debug)]
pub(crate) struct Malformed {
    pub position: Position,
    pub reason: String,
}

/// Parses a file; an error lists everything that is not TOML.
pub(crate) fn parse(text: &str) -> Result<Vec<Member>, Vec<Malformed>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(members(text, table.get_ref()));
    }
    let malformed = errors.iter().map(|error| Malformed {
        position: position(text, error.span().map_or(0, |span| span.start)),
        reason: error.message().to_owned(),
    });
    Err(malformed.collect())
}

/// The members of a table, in the order of the file.
fn members(text: &str, table: &DeTable<'_>) -> Vec<Member> {
    let mut members: Vec<_> = table
        .iter()
        .map(|(name, value)| Member {
            name: name.get_ref().to_string(),
            position: position(text, name.span().start),
            node: node(text, value),
        })
        .collect();
    members.sort_by_key(|member| (member.position.line, member.position.column));
    members
}

/// The value with its position.
fn node(text: &str, value: &Spanned<DeValue<'_>>) -> Node {
    let span = value.span();
    let value = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Array(entries) => {
            Value::List(entries.iter().map(|entry| node(text, entry)).collect())
        }
        DeValue::Table(table) => Value::Table(members(text, table)),
        // Numbers, switches and dates keep their text, without separators.
        DeValue::Integer(number) if number.radix() == 10 => Value::Text(number.as_str().to_owned()),
        DeValue::Integer(number) => {
            let decimal = i128::from_str_radix(number.as_str(), number.radix());
            Value::Text(decimal.map_or_else(|_| number.to_string(), |it| it.to_string()))
        }
        DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {
            Value::Text(text.get(span.clone()).unwrap_or_default().to_owned())
        }
    };
    let position = position(text, span.start);
    Node { position, value }
}

/// The position of the byte at `offset`.
fn position(text: &str, offset: usize) -> Position {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let column = before[start..].chars().count() + 1;
    Position { line, column }
}

impl Node {
    /// The value of a setting; `None` for a list or a table of anything but texts.
    pub(crate) fn raw(&self) -> Option<Raw> {
        match &self.value {
            Value::Text(text) => Some(Raw::Text(text.clone())),
            Value::List(entries) => {
                let texts = entries.iter().map(|entry| match &entry.value {
                    Value::Text(text) => Some(text.clone()),
                    _ => None,
                });
                texts.collect::<Option<_>>().map(Raw::List)
            }
            Value::Table(members) => {
                let pairs = members.iter().map(|member| match &member.node.value {
                    Value::Text(text) => Some((member.name.clone(), text.clone())),
                    _ => None,
                });
                pairs.collect::<Option<_>>().map(Raw::Pairs)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_and_value_has_its_place() {
        let text = "[a]\n\"ü\" = 0x10 # x\n\n  [a.b]\n  c = [\"x\", 1_000]\n";
        let members = parse(text).unwrap();
        let Value::Table(a) = &members[0].node.value else {
            panic!("{members:?}");
        };
        let at = |line, column| Position { line, column };
        assert_eq!((a[0].position, a[0].node.position), (at(2, 1), at(2, 7)));
        assert!(matches!(&a[0].node.value, Value::Text(text) if text == "16"));
        let Value::Table(b) = &a[1].node.value else {
            panic!("{a:?}");
        };
        assert_eq!((b[0].position, b[0].node.position), (at(5, 3), at(5, 7)));
        let Some(Raw::List(list)) = b[0].node.raw() else {
            panic!("{b:?}");
        };
        assert_eq!(list, ["x", "1000"]);
    }

    #[test]
    fn all_syntax_errors_of_toml_are_reported_together() {
        let errors = parse("a = \nb = 1\nc = @\n").unwrap_err();
        let lines: Vec<_> = errors.iter().map(|error| error.position.line).collect();
        assert!(lines.contains(&1) && lines.contains(&3), "{errors:?}");
    }
}
