//! llama.cpp, and programs built on it: a schema becomes a grammar, and keywords without a translation are left out, or
//! fail the request.

use super::subject::{Node, Subject};
use super::{Finding, Rule, Verdict};

const README: &str = "https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md";

const ANCHORS: Rule = Rule {
    client: "llama.cpp",
    verdict: Verdict::Rejects,
    advice: "begin it with `^` and end it with `$`",
    source: "https://github.com/ggml-org/llama.cpp/issues/26930",
};
const CLASSES: Rule = Rule {
    client: "llama.cpp",
    verdict: Verdict::Rejects,
    advice: "write `[0-9]` for `\\d`, `[A-Za-z0-9_]` for `\\w`, `[ \\t\\n]` for `\\s`",
    source: "https://github.com/ggml-org/llama.cpp/issues/27580",
};
const REMOTE: Rule = Rule {
    client: "llama.cpp",
    verdict: Verdict::Rejects,
    advice: "refer to `#/$defs/..`",
    source: README,
};
const UNSUPPORTED: Rule = Rule {
    client: "llama.cpp",
    verdict: Verdict::Ignores,
    advice: "say it in the description too",
    source: README,
};
const MIXED: Rule = Rule {
    client: "llama.cpp",
    verdict: Verdict::Ignores,
    advice: "put the properties into each branch",
    source: README,
};

/// Keywords that are not translated to a grammar.
const SKIPPED: [&str; 9] = [
    "patternProperties",
    "uniqueItems",
    "contains",
    "minContains",
    "not",
    "if",
    "then",
    "else",
    "dependentSchemas",
];
/// Bounds, which a grammar supports for integers only.
const BOUNDS: [&str; 4] = ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"];

pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    subject
        .nodes()
        .iter()
        .flat_map(|node| check_node(subject, node))
        .collect()
}

fn check_node(subject: &Subject, node: &Node<'_>) -> Vec<Finding> {
    let mut found: Vec<Finding> = node
        .uses(&SKIPPED)
        .into_iter()
        .map(|word| UNSUPPORTED.finds(subject, node.keyword(word)))
        .collect();
    if node.text("type") == Some("number") {
        found.extend(
            node.uses(&BOUNDS)
                .into_iter()
                .map(|word| UNSUPPORTED.finds(subject, node.keyword(word))),
        );
    }
    if let Some(format) = node
        .text("format")
        .filter(|format| ["email", "uri"].contains(format))
    {
        found.push(UNSUPPORTED.finds(subject, format!("the format `{format}` of {}", node.place)));
    }
    if let Some(pattern) = node.text("pattern") {
        found.extend(
            check_pattern(pattern)
                .map(|rule| rule.finds(subject, format!("the pattern of {}", node.place))),
        );
    }
    if node.text("$ref").is_some_and(|to| !to.starts_with("#/")) {
        found.push(REMOTE.finds(subject, node.keyword("$ref")));
    }
    if node.has("properties") {
        let unions = node.uses(&["anyOf", "oneOf"]);
        found.extend(unions.into_iter().map(|word| {
            MIXED.finds(
                subject,
                format!("`properties` beside {}", node.keyword(word)),
            )
        }));
    }
    found
}

/// The first reason why a pattern fails, if any.
fn check_pattern(pattern: &str) -> Option<&'static Rule> {
    if !(pattern.starts_with('^') && pattern.ends_with('$')) {
        return Some(&ANCHORS);
    }
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        if letter == '\\'
            && letters
                .next()
                .is_some_and(|class| "dDwWsSbB".contains(class))
        {
            return Some(&CLASSES);
        }
    }
    None
}
