//! A tool's description, parsed for the rules.

use serde_json::{Map, Value};

#[cfg(feature = "cli")]
use crate::protocol::tool::Tool;

/// The parts of a description that the rules check.
#[derive(Debug)]
pub(super) struct Subject {
    pub name: String,
    pub description: String,
    /// The root of the input schema.
    pub root: Map<String, Value>,
}

/// One schema inside the input schema.
#[derive(Debug)]
pub(super) struct Node<'a> {
    /// The path of the schema: "`filter.kind`", "`tags[]`", "the arguments" for the root.
    pub place: String,
    pub keywords: &'a Map<String, Value>,
    /// True if it describes a value as a whole; branches of a condition only add to another schema.
    pub is_whole: bool,
}

impl Subject {
    #[cfg(feature = "cli")]
    pub(super) fn new(tool: &Tool) -> Self {
        Self {
            name: tool.name.clone(),
            description: tool.description.clone(),
            root: serde_json::from_str(tool.input_schema.get()).unwrap_or_default(),
        }
    }

    pub(super) fn from_json(tool: &Value) -> Self {
        let text = |member: &str| tool[member].as_str().unwrap_or_default().to_owned();
        Self {
            name: text("name"),
            description: text("description"),
            root: tool["inputSchema"].as_object().cloned().unwrap_or_default(),
        }
    }

    /// The names of the parameters.
    pub(super) fn parameters(&self) -> impl Iterator<Item = &String> {
        self.root
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(Map::keys)
    }

    /// Every schema of the input schema, the root first.
    pub(super) fn nodes(&self) -> Vec<Node<'_>> {
        let mut nodes = vec![Node {
            place: "the arguments".to_owned(),
            keywords: &self.root,
            is_whole: true,
        }];
        below(&self.root, "", true, &mut nodes);
        nodes
    }
}

impl Node<'_> {
    pub(super) fn has(&self, keyword: &str) -> bool {
        self.keywords.contains_key(keyword)
    }

    pub(super) fn text(&self, keyword: &str) -> Option<&str> {
        self.keywords.get(keyword)?.as_str()
    }

    /// The keywords of `words` that it uses.
    pub(super) fn uses<'w>(&self, words: &[&'w str]) -> Vec<&'w str> {
        words
            .iter()
            .copied()
            .filter(|word| self.has(word))
            .collect()
    }

    /// "`keyword` of `filter.kind`".
    pub(super) fn keyword(&self, keyword: &str) -> String {
        format!("`{keyword}` of {}", self.place)
    }

    /// Returns true for an array without a schema for its items.
    pub(super) fn is_bare_array(&self) -> bool {
        self.text("type") == Some("array")
            && !self
                .keywords
                .get("items")
                .is_some_and(|items| *items != Value::Bool(false))
    }
}

/// The schemas in `keywords` at `path`; `is_whole` as for their parent.
fn below<'a>(
    keywords: &'a Map<String, Value>,
    path: &str,
    is_whole: bool,
    nodes: &mut Vec<Node<'a>>,
) {
    let dot = if path.is_empty() { "" } else { "." };
    for (keyword, value) in keywords {
        match (keyword.as_str(), value) {
            ("properties" | "patternProperties" | "dependentSchemas", Value::Object(members)) => {
                for (name, member) in members {
                    at(member, &format!("{path}{dot}{name}"), is_whole, nodes);
                }
            }
            ("$defs" | "definitions", Value::Object(members)) => {
                for (name, member) in members {
                    at(member, name, is_whole, nodes);
                }
            }
            ("items" | "contains", item) => at(item, &format!("{path}[]"), is_whole, nodes),
            ("prefixItems", Value::Array(places)) => {
                for (index, place) in places.iter().enumerate() {
                    at(place, &format!("{path}[{index}]"), is_whole, nodes);
                }
            }
            ("additionalProperties" | "unevaluatedProperties" | "propertyNames", values) => {
                at(values, &format!("{path}{{}}"), is_whole, nodes);
            }
            ("anyOf" | "oneOf" | "allOf", Value::Array(branches)) => {
                let is_whole = is_whole && !keywords.contains_key("type");
                for branch in branches {
                    at(branch, path, is_whole, nodes);
                }
            }
            ("not" | "if" | "then" | "else", branch) => at(branch, path, false, nodes),
            _ => {}
        }
    }
}

fn at<'a>(schema: &'a Value, path: &str, is_whole: bool, nodes: &mut Vec<Node<'a>>) {
    let Value::Object(keywords) = schema else {
        return;
    };
    let place = if path.is_empty() {
        "the arguments".to_owned()
    } else {
        format!("`{path}`")
    };
    nodes.push(Node {
        place,
        keywords,
        is_whole,
    });
    below(keywords, path, is_whole, nodes);
}
