//! The arguments of a call on the command line: `NAME=VALUE`, a JSON object, `@FILE`, `-` for stdin.
//!
//! Values stay text, so that a number keeps all of its digits.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read as _};

use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::exit::USAGE;
use crate::error::{Error, Result};

/// The arguments by their names.
type Object = BTreeMap<String, Box<RawValue>>;

/// Parses the arguments of a command line as one JSON object; `schema` contains the schema of each argument.
pub(super) fn read<'w>(
    words: impl Iterator<Item = &'w String>,
    schema: impl Fn(&str) -> Option<Value>,
) -> Result<Box<RawValue>> {
    let mut given = Given::default();
    for word in words {
        let word = word.as_str();
        if word.trim_start().starts_with('{') {
            given.object(word, "the JSON on the command line")?;
        } else if word == "-" {
            given.object(&file("-")?, "stdin")?;
        } else if let Some(path) = word.strip_prefix('@') {
            given.object(&file(path)?, path)?;
        } else if let Some((name, text)) = word.split_once('=') {
            given.pair(name, text, &schema(name).unwrap_or_default())?;
        } else {
            return Err(mistake(format!(
                "`{word}` is not an argument: write NAME=VALUE, a JSON object, @FILE, or - for stdin"
            )));
        }
    }
    given.finish()
}

/// The arguments; a repeated name makes a list.
#[derive(Default)]
struct Given {
    whole: Object,
    /// The names in front of a `=`, with a complete value.
    pairs: BTreeSet<String>,
    lists: BTreeMap<String, Vec<Box<RawValue>>>,
}

impl Given {
    /// Adds the members of a JSON object, over those of the one before.
    fn object(&mut self, text: &str, source: &str) -> Result<()> {
        let object: Object = serde_json::from_str(text)
            .map_err(|error| mistake(format!("{source} is not a JSON object: {error}")))?;
        self.whole.extend(object);
        Ok(())
    }

    /// Adds the text of one argument.
    fn pair(&mut self, name: &str, text: &str, schema: &Value) -> Result<()> {
        let text = match text.strip_prefix('@') {
            Some(literal) if literal.starts_with('@') => literal.to_owned(),
            Some(path) => file(path)?,
            None => text.to_owned(),
        };
        if is(schema, "array") && !text.trim_start().starts_with('[') {
            let item = value(&text, &schema["items"])?;
            self.lists.entry(name.to_owned()).or_default().push(item);
            return Ok(());
        }
        if !self.pairs.insert(name.to_owned()) {
            return Err(mistake(format!(
                "`{name}` is given twice, and not item by item"
            )));
        }
        self.whole.insert(name.to_owned(), value(&text, schema)?);
        Ok(())
    }

    fn finish(mut self) -> Result<Box<RawValue>> {
        for (name, items) in self.lists {
            if self.pairs.contains(&name) {
                return Err(mistake(format!(
                    "`{name}` is given as a whole, and item by item"
                )));
            }
            self.whole.insert(name, raw(&items)?);
        }
        raw(&self.whole)
    }
}

/// Parses a value: a string if the schema requires one, otherwise JSON, and a string if it is not JSON.
fn value(text: &str, schema: &Value) -> Result<Box<RawValue>> {
    if !is(schema, "string") && serde_json::from_str::<&RawValue>(text).is_ok() {
        let json = RawValue::from_string(text.trim().to_owned());
        return json.map_err(|error| mistake(error.to_string()));
    }
    raw(&text)
}

/// Returns true if a schema allows only this type, apart from `null`.
fn is(schema: &Value, kind: &str) -> bool {
    match &schema["type"] {
        Value::String(one) => one == kind,
        Value::Array(kinds) => {
            kinds.iter().any(|it| it == kind) && kinds.iter().all(|it| it == kind || it == "null")
        }
        _ => false,
    }
}

/// The text of a file, without the newline at its end; `-` is stdin.
fn file(path: &str) -> Result<String> {
    let read = if path == "-" {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    let text = read.map_err(|cause| {
        mistake(format!(
            "`{path}` cannot be read: {cause}; a text that begins with @ is written @@"
        ))
    })?;
    Ok(text.strip_suffix('\n').unwrap_or(&text).to_owned())
}

fn raw(value: &impl serde::Serialize) -> Result<Box<RawValue>> {
    to_raw_value(value).map_err(|error| mistake(error.to_string()))
}

fn mistake(text: impl Into<String>) -> Error {
    Error::command(USAGE, text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read_words(words: &[&str]) -> Result<String> {
        let words: Vec<String> = words.iter().map(|it| (*it).to_owned()).collect();
        let schema = json!({
            "text": { "type": "string" },
            "maybe": { "type": ["string", "null"] },
            "tags": { "type": "array", "items": { "type": "string" } },
            "sizes": { "type": "array", "items": { "type": "integer" } },
            "n": { "type": "integer" },
        });
        let read = read(words.iter(), |name| schema.get(name).cloned())?;
        Ok(read.get().to_owned())
    }

    #[test]
    fn each_form_becomes_json() {
        for (words, json) in [
            (&[][..], r"{}"),
            (&["n=1", "text=5"], r#"{"n":1,"text":"5"}"#),
            (&["maybe=null"], r#"{"maybe":"null"}"#),
            (
                &["n=123456789012345678901234567890"],
                r#"{"n":123456789012345678901234567890}"#,
            ),
            (
                &[r#"{"n": 123456789012345678901}"#, "text=x"],
                r#"{"n":123456789012345678901,"text":"x"}"#,
            ),
            (
                &[r#"{"n": 1, "tags": ["x"]}"#, "n=2", "tags=y"],
                r#"{"n":2,"tags":["y"]}"#,
            ),
            (&["tags=a", "tags=b"], r#"{"tags":["a","b"]}"#),
            (&["tags=a,b"], r#"{"tags":["a,b"]}"#),
            (&["sizes=1", "sizes=2"], r#"{"sizes":[1,2]}"#),
            (&["sizes=[1,2]"], r#"{"sizes":[1,2]}"#),
            (&["text=@@ann"], r#"{"text":"@ann"}"#),
            (&["other=yes"], r#"{"other":"yes"}"#),
            (&["other=007"], r#"{"other":"007"}"#),
            (&["text="], r#"{"text":""}"#),
        ] {
            assert_eq!(read_words(words).unwrap(), json, "{words:?}");
        }
    }

    #[test]
    fn everything_else_is_a_mistake_in_words() {
        for (words, says) in [
            (&["n"][..], "write NAME=VALUE"),
            (&["n=1", "n=2"], "given twice"),
            (&["tags=a", "tags=[\"b\"]"], "item by item"),
            (&["{\"n\": }"], "not a JSON object"),
            (&["@/no/such/file"], "cannot be read"),
            (&["text=@home"], "written @@"),
        ] {
            let error = read_words(words).unwrap_err();
            assert!(error.to_string().contains(says), "{words:?}: {error}");
            assert_eq!(error.exit_code(), USAGE);
        }
    }
}
