//! The frontmatter of a `SKILL.md`: the YAML between two lines of `---`, as JSON.
//!
//! Rules of its fields: [Agent Skills](https://agentskills.io/specification).

use saphyr::{LoadableYamlNode as _, Scalar, Yaml};
use serde_json::{Map, Number, Value};

/// The complete frontmatter, and its two required fields.
#[derive(Debug)]
pub(super) struct Frontmatter {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) fields: Map<String, Value>,
}

/// Parses the frontmatter of `text`; an error is the fault and the remedy.
pub(super) fn read(text: &str) -> Result<Frontmatter, String> {
    let yaml = block(text).ok_or(
        "has no frontmatter; begin it with a line `---`, then `name: ..` and `description: ..`, then a line `---`",
    )?;
    let fields = parse(yaml)?;
    let name = text_of(&fields, "name", 64)?;
    if !is_name(name) {
        return Err(format!(
            "has the name `{name}`; write lower-case letters, digits and single hyphens between them"
        ));
    }
    let description = text_of(&fields, "description", 1024)?.to_owned();
    if fields.contains_key("compatibility") {
        text_of(&fields, "compatibility", 500)?;
    }
    check_metadata(fields.get("metadata"))?;
    Ok(Frontmatter {
        name: name.to_owned(),
        description,
        fields,
    })
}

/// Returns the text between the first line, `---`, and the next such line.
fn block(text: &str) -> Option<&str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (first, rest) = text.split_once('\n')?;
    if first.trim_end() != "---" {
        return None;
    }
    let mut end = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == "---" {
            return Some(&rest[..end]);
        }
        end += line.len();
    }
    None
}

fn parse(yaml: &str) -> Result<Map<String, Value>, String> {
    let documents = Yaml::load_from_str(yaml).map_err(|error| {
        // The first line of the file is `---`.
        format!(
            "has frontmatter that is not YAML: {} in line {}",
            error.info(),
            error.marker().line() + 1
        )
    })?;
    match documents.first().map(json).transpose()? {
        Some(Value::Object(fields)) => Ok(fields),
        _ => {
            Err("has frontmatter without fields; write `name: ..` and `description: ..`".to_owned())
        }
    }
}

fn json(node: &Yaml<'_>) -> Result<Value, String> {
    Ok(match node {
        Yaml::Value(scalar) => return json_scalar(scalar),
        Yaml::Sequence(items) => Value::Array(items.iter().map(json).collect::<Result<_, _>>()?),
        Yaml::Mapping(members) => {
            let member = |(key, value): (&Yaml<'_>, &Yaml<'_>)| match key {
                Yaml::Value(Scalar::String(key)) => Ok((key.to_string(), json(value)?)),
                _ => Err(
                    "has a key in its frontmatter that is not text; put it in quotes".to_owned(),
                ),
            };
            Value::Object(members.iter().map(member).collect::<Result<_, _>>()?)
        }
        Yaml::Tagged(tag, _) => {
            return Err(format!("has the tag `{tag}` in its frontmatter; remove it"));
        }
        Yaml::Representation(..) | Yaml::Alias(_) | Yaml::BadValue => {
            return Err(
                "has a value in its frontmatter that does not fit its tag; remove the tag"
                    .to_owned(),
            );
        }
    })
}

fn json_scalar(scalar: &Scalar<'_>) -> Result<Value, String> {
    Ok(match scalar {
        Scalar::Null => Value::Null,
        Scalar::Boolean(value) => (*value).into(),
        Scalar::Integer(value) => (*value).into(),
        Scalar::FloatingPoint(value) => Number::from_f64(**value).map(Value::Number).ok_or_else(|| {
            format!("has the number {value} in its frontmatter, which JSON has not; put it in quotes")
        })?,
        Scalar::String(value) => value.to_string().into(),
    })
}

fn text_of<'f>(fields: &'f Map<String, Value>, name: &str, most: usize) -> Result<&'f str, String> {
    match fields.get(name) {
        Some(Value::String(text)) if (1..=most).contains(&text.trim().chars().count()) => Ok(text),
        Some(_) => Err(format!(
            "has a `{name}` that is not a text of 1 to {most} characters"
        )),
        None => Err(format!("has no `{name}` in its frontmatter; add it")),
    }
}

fn check_metadata(metadata: Option<&Value>) -> Result<(), String> {
    let members = match metadata {
        None => return Ok(()),
        Some(Value::Object(members)) => members,
        Some(_) => return Err("has a `metadata` that is not keys with values".to_owned()),
    };
    match members
        .keys()
        .find(|key| key.starts_with("io.modelcontextprotocol/"))
    {
        Some(key) => Err(format!(
            "has the key `{key}` in its `metadata`, which the protocol reserves; rename it"
        )),
        None => Ok(()),
    }
}

fn is_name(name: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    name.split('-').all(is_part)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(yaml: &str) -> Result<Value, String> {
        read(&format!(
            "---\nname: refunds\ndescription: Pays back.\n{yaml}\n---\ntext"
        ))
        .map(|read| Value::Object(read.fields))
    }

    #[test]
    fn every_field_is_kept_as_yaml_1_2_reads_it() {
        let read = fields(
            "a: yes\nb: 1.5\nc: 2026-01-01\nd: ~\ne: {f: [1, true]}\ng: >\n  folded\n  text",
        )
        .unwrap();
        let expected = json!({
            "name": "refunds", "description": "Pays back.",
            "a": "yes", "b": 1.5, "c": "2026-01-01", "d": null, "e": { "f": [1, true] }, "g": "folded text\n",
        });
        assert_eq!(read, expected);
    }

    #[test]
    fn values_without_a_json_form_are_refused() {
        for yaml in ["a: !x y", "1: one", "a: .nan", "a: !!int x", "name: twice"] {
            assert!(fields(yaml).is_err(), "{yaml}");
        }
        assert!(fields("a: [1").unwrap_err().contains("in line 5"));
    }

    #[test]
    fn a_name_is_lower_case_with_single_hyphens() {
        assert!(is_name("a") && is_name("pdf-2-text"));
        for name in ["", "Pdf", "-a", "a-", "a--b", "a_b", "é"] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn the_block_ends_at_its_own_line() {
        assert_eq!(block("---\na: 1\n---\nb"), Some("a: 1\n"));
        assert_eq!(block("\u{feff}---\r\na: ---\r\n---"), Some("a: ---\r\n"));
        for text in ["a: 1", "---\na: 1", " ---\na: 1\n---\n", "---"] {
            assert_eq!(block(text), None, "{text}");
        }
    }
}
