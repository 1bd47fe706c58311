//! Describes rules about values in text, for clients that drop all other parts of a schema.
//!
//! Off by default, as the text is longer and repeats the schema; see
//! [`Server::describe_rules`](crate::Server::describe_rules). A description is made once, at registration.

use serde_json::{Map, Value};

/// Adds the rules of each schema in `schema` to its description.
pub(crate) fn describe(schema: &mut Value) {
    match schema {
        Value::Object(keywords) => {
            for (keyword, value) in keywords.iter_mut() {
                // The value of these keywords is data, not a schema.
                if !matches!(keyword.as_str(), "default" | "examples" | "enum" | "const") {
                    describe(value);
                }
            }
            if keywords.get("type").is_some_and(Value::is_string) {
                add(keywords);
            }
        }
        Value::Array(members) => members.iter_mut().for_each(describe),
        _ => {}
    }
}

fn add(keywords: &mut Map<String, Value>) {
    let mut sentences: Vec<String> = Vec::new();
    sentences.extend(bounds(keywords, ["minimum", "maximum"], ""));
    sentences.extend(exclusive(keywords));
    sentences.extend(bounds(keywords, ["minLength", "maxLength"], " characters"));
    sentences.extend(bounds(keywords, ["minItems", "maxItems"], " items"));
    sentences.extend(bounds(
        keywords,
        ["minProperties", "maxProperties"],
        " members",
    ));
    let text = |keyword: &str| keywords.get(keyword).and_then(Value::as_str);
    sentences.extend(text("format").map(|format| format!("Format: {format}.")));
    sentences.extend(text("pattern").map(|pattern| format!("Matches `{pattern}`.")));
    let default = keywords.get("default").filter(|value| !value.is_null());
    sentences.extend(default.map(|value| format!("Default: {value}.")));
    if sentences.is_empty() {
        return;
    }
    let words = sentences.join(" ");
    let described = keywords.get("description").and_then(Value::as_str);
    let text = described.map_or_else(|| words.clone(), |text| format!("{text}\n{words}"));
    keywords.insert("description".to_owned(), text.into());
}

/// The sentence for a minimum and a maximum; a minimum of 0 is omitted.
fn bounds(keywords: &Map<String, Value>, names: [&str; 2], unit: &str) -> Option<String> {
    let [least, most] = names.map(|name| keywords.get(name));
    let least = least.filter(|least| least.as_f64() != Some(0.0));
    match (least, most) {
        (Some(least), Some(most)) if least == most => Some(format!("Exactly {least}{unit}.")),
        (Some(least), Some(most)) => Some(format!("From {least} to {most}{unit}.")),
        (Some(least), None) => Some(format!("At least {least}{unit}.")),
        (None, Some(most)) => Some(format!("At most {most}{unit}.")),
        (None, None) => None,
    }
}

fn exclusive(keywords: &Map<String, Value>) -> Option<String> {
    let [above, below] = ["exclusiveMinimum", "exclusiveMaximum"].map(|name| keywords.get(name));
    match (above, below) {
        (Some(above), Some(below)) => Some(format!("More than {above}, less than {below}.")),
        (Some(above), None) => Some(format!("More than {above}.")),
        (None, Some(below)) => Some(format!("Less than {below}.")),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_rule_has_its_words() {
        for (keywords, words) in [
            (
                json!({ "type": "integer", "minimum": 1, "maximum": 50, "default": 10 }),
                "From 1 to 50. Default: 10.",
            ),
            (
                json!({ "type": "integer", "minimum": 0, "maximum": 255 }),
                "At most 255.",
            ),
            (json!({ "type": "integer", "minimum": -1 }), "At least -1."),
            (
                json!({ "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1 }),
                "More than 0, less than 1.",
            ),
            (
                json!({ "type": "number", "exclusiveMaximum": 1 }),
                "Less than 1.",
            ),
            (
                json!({ "type": "string", "minLength": 2, "maxLength": 2 }),
                "Exactly 2 characters.",
            ),
            (
                json!({ "type": "string", "pattern": "^[A-Z]+$" }),
                "Matches `^[A-Z]+$`.",
            ),
            (
                json!({ "type": "string", "format": "email", "default": "a@b.c" }),
                "Format: email. Default: \"a@b.c\".",
            ),
            (
                json!({ "type": "array", "minItems": 1, "items": { "type": "boolean" } }),
                "At least 1 items.",
            ),
        ] {
            let mut schema = keywords.clone();
            describe(&mut schema);
            assert_eq!(schema["description"], words, "{keywords}");
        }
    }

    #[test]
    fn the_words_follow_those_of_the_author_at_every_depth() {
        let mut schema = json!({ "type": "object", "properties": {
            "limits": { "type": "array", "description": "Limits.", "items": { "type": "integer", "maximum": 9 } },
            "free": { "type": "string", "description": "Free." },
        } });
        describe(&mut schema);
        let properties = &schema["properties"];
        assert_eq!(properties["limits"]["description"], "Limits.");
        assert_eq!(properties["limits"]["items"]["description"], "At most 9.");
        assert_eq!(properties["free"]["description"], "Free.");
        assert_eq!(schema.get("description"), None);
    }
}
