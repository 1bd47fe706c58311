//! Codex: keeps the type, `enum`, `description`, `required`, `properties` and `items` of a schema, and drops every rule
//! about values before its model sees the tool.

use serde_json::Value;

use super::subject::{Node, Subject};
use super::{Finding, Rule, Verdict};

const VALUES: Rule = Rule {
    client: "Codex",
    verdict: Verdict::Ignores,
    advice: "say it in the description, or have `Server::describe_rules` do so",
    source: "https://github.com/openai/codex/blob/main/codex-rs/tools/src/json_schema.rs",
};

const DROPPED: [&str; 10] = [
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "maxItems",
    "format",
    "default",
];

pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    let mut found = Vec::new();
    for node in subject.nodes() {
        let dropped = node.uses(&DROPPED).into_iter();
        let lost: Vec<String> = dropped
            .filter(|keyword| is_lost(&node, keyword))
            .map(|keyword| format!("`{keyword}`"))
            .collect();
        if !lost.is_empty() {
            found.push(VALUES.finds(subject, format!("{} of {}", lost.join(", "), node.place)));
        }
    }
    found
}

/// Returns `true` unless the description contains the same; the minimum of an unsigned number is implied.
fn is_lost(node: &Node<'_>, keyword: &str) -> bool {
    let Some(value) = node.keywords.get(keyword) else {
        return false;
    };
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let is_obvious = keyword == "minimum" && value.as_f64() == Some(0.0);
    let described = node
        .text("description")
        .is_some_and(|it| it.contains(&text));
    !is_obvious && !described
}
