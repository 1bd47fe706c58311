//! VS Code: schemas that Copilot's tool schema normaliser refuses or changes, whatever the model.

use serde_json::Value;

use super::subject::{Node, Subject};
use super::{Finding, Rule, Verdict};

const NORMALIZER: &str = "https://github.com/microsoft/vscode-copilot-chat/blob/main/src/extension/tools/common/toolSchemaNormalizer.ts";

const ITEMS: Rule = Rule {
    client: "VS Code",
    verdict: Verdict::Rejects,
    advice: "say in `items` what the array holds",
    source: "https://github.com/microsoft/vscode/issues/246119",
};
const ROOT: Rule = Rule {
    client: "VS Code",
    verdict: Verdict::Ignores,
    advice: "say it in the description, and check it in the tool",
    source: NORMALIZER,
};
const REQUIRED: Rule = Rule {
    client: "VS Code",
    verdict: Verdict::Ignores,
    advice: "describe it in `properties`",
    source: NORMALIZER,
};

pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    let removed = ["oneOf", "anyOf", "allOf", "not", "if", "then", "else"];
    let removed = removed
        .into_iter()
        .filter(|word| subject.root.contains_key(*word));
    let mut found: Vec<Finding> = removed
        .map(|word| ROOT.finds(subject, format!("`{word}` at the root")))
        .collect();
    for node in subject.nodes() {
        if node.is_bare_array() {
            found.push(ITEMS.finds(subject, format!("an array without `items`: {}", node.place)));
        }
        let undescribed = undescribed(&node);
        found.extend(undescribed.map(|name| {
            REQUIRED.finds(
                subject,
                format!("that `{name}` of {} is required", node.place),
            )
        }));
    }
    found
}

/// Returns the properties that an object requires but does not define.
fn undescribed<'n>(node: &'n Node<'_>) -> impl Iterator<Item = &'n str> {
    let properties = node.keywords.get("properties").and_then(Value::as_object);
    let required = node.keywords.get("required").and_then(Value::as_array);
    let pairs = properties.zip(required);
    pairs.into_iter().flat_map(|(properties, required)| {
        required
            .iter()
            .filter_map(Value::as_str)
            .filter(|name| !properties.contains_key(*name))
    })
}
