//! Gemini: Gemini CLI, and the clients that send a tool's schema as `parameters`, an OpenAPI subset in which one
//! unknown keyword fails the whole request.
//!
//! The API also takes JSON Schema, as `parametersJsonSchema`, and is more tolerant there; a server cannot know which
//! of the two its client sends. `additionalProperties` is not a finding: the clients that send `parameters` remove it.

use serde_json::Value;

use super::subject::{Node, Subject};
use super::{Finding, Rule, Verdict};

/// The keywords that are unknown in `parameters`, their replacements, and the sources.
const UNKNOWN: [(&str, &str, &str); 16] = [
    (
        "exclusiveMinimum",
        INCLUSIVE,
        "https://github.com/modelcontextprotocol/servers/issues/1624",
    ),
    (
        "exclusiveMaximum",
        INCLUSIVE,
        "https://github.com/modelcontextprotocol/servers/issues/1624",
    ),
    (
        "const",
        "write an `enum` of one string",
        "https://github.com/zendev-sh/goai/pull/108",
    ),
    (
        "propertyNames",
        IN_WORDS,
        "https://github.com/zendev-sh/goai/pull/108",
    ),
    (
        "patternProperties",
        "use `additionalProperties`",
        "https://github.com/zendev-sh/goai/pull/108",
    ),
    (
        "uniqueItems",
        IN_WORDS,
        "https://github.com/router-for-me/CLIProxyAPI/pull/2142",
    ),
    (
        "multipleOf",
        IN_WORDS,
        "https://github.com/decolua/9router/pull/2317",
    ),
    (
        "contains",
        IN_WORDS,
        "https://github.com/decolua/9router/pull/3018",
    ),
    (
        "unevaluatedProperties",
        IN_WORDS,
        "https://github.com/decolua/9router/pull/3018",
    ),
    (
        "unevaluatedItems",
        IN_WORDS,
        "https://github.com/decolua/9router/pull/3018",
    ),
    (
        "prefixItems",
        "take a struct instead of a tuple",
        "https://github.com/diegosouzapw/OmniRoute/pull/12872",
    ),
    (
        "oneOf",
        "write `anyOf`",
        "https://github.com/pizza-bot-app/pizza-bot/issues/62",
    ),
    (
        "allOf",
        "write one schema",
        "https://github.com/pizza-bot-app/pizza-bot/issues/62",
    ),
    (
        "examples",
        "write examples into the description",
        "https://github.com/AstrBotDevs/AstrBot/issues/7572",
    ),
    (
        "$ref",
        "take a type that does not contain itself",
        "https://github.com/pydantic/pydantic-ai/issues/1598",
    ),
    (
        "$schema",
        "leave it out",
        "https://github.com/GetStream/Vision-Agents/pull/513",
    ),
];
const INCLUSIVE: &str = "use an inclusive bound";
const IN_WORDS: &str = "say it in the description, and check it in the tool";

const NAME: Rule = rejects(
    "begin with a letter or `_`, and use at most 64 of `A-Z a-z 0-9 _ . -`",
    "https://cloud.google.com/vertex-ai/docs/reference/rest/v1beta1/FunctionDeclaration",
);
const PARAMETER: Rule = rejects(
    "begin with a letter or `_`, and use at most 64 of `A-Z a-z 0-9 _`",
    "https://cloud.google.com/vertex-ai/docs/reference/rest/v1beta1/FunctionDeclaration",
);
const TYPELESS: Rule = rejects(
    "give it a type; for any JSON, take a `String` that holds it",
    "https://github.com/google-gemini/gemini-cli/pull/5694",
);
const TYPES: Rule = rejects(
    "give it one type, or write `anyOf`",
    "https://github.com/microsoft/vscode-copilot-chat/blob/main/src/extension/tools/common/toolSchemaNormalizer.ts",
);
const ENUM: Rule = rejects(
    "use strings, or a range of integers",
    "https://github.com/microsoft/azure-devops-mcp/issues/145",
);
const ITEMS: Rule = rejects(
    "say in `items` what the array holds",
    "https://github.com/cline/cline/issues/7339",
);
const FORMAT: Rule = Rule {
    client: "Gemini",
    verdict: Verdict::Ignores,
    advice: "say it in the description too",
    source: "https://hexdocs.pm/geminix/Geminix.V1beta.Schema.html",
};

const fn rejects(advice: &'static str, source: &'static str) -> Rule {
    Rule {
        client: "Gemini",
        verdict: Verdict::Rejects,
        advice,
        source,
    }
}

pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    let mut found = Vec::new();
    if !is_name(&subject.name, "_.-") {
        found.push(NAME.finds(subject, "the name"));
    }
    let parameters = subject.parameters().filter(|name| !is_name(name, "_"));
    found.extend(
        parameters.map(|name| PARAMETER.finds(subject, format!("the parameter name `{name}`"))),
    );
    found.extend(
        subject
            .nodes()
            .iter()
            .flat_map(|node| check_node(subject, node)),
    );
    found
}

fn check_node(subject: &Subject, node: &Node<'_>) -> Vec<Finding> {
    let unknown = UNKNOWN.into_iter().filter(|(word, ..)| node.has(word));
    let mut found: Vec<Finding> = unknown
        .map(|(word, advice, source)| rejects(advice, source).finds(subject, node.keyword(word)))
        .collect();
    if node.is_whole
        && !["type", "anyOf", "oneOf", "allOf", "$ref"]
            .iter()
            .any(|word| node.has(word))
    {
        found.push(TYPELESS.finds(subject, format!("what has no `type`: {}", node.place)));
    }
    if node.keywords.get("type").is_some_and(Value::is_array) {
        found.push(TYPES.finds(subject, format!("several types at once: {}", node.place)));
    }
    if node
        .keywords
        .get("enum")
        .and_then(Value::as_array)
        .is_some_and(|values| !values.iter().all(Value::is_string))
    {
        found.push(ENUM.finds(
            subject,
            format!("an `enum` of more than strings: {}", node.place),
        ));
    }
    if node.is_bare_array() {
        found.push(ITEMS.finds(subject, format!("an array without `items`: {}", node.place)));
    }
    if let Some(format) = node
        .text("format")
        .filter(|format| !["date-time", "enum"].contains(format))
    {
        found.push(FORMAT.finds(subject, format!("the format `{format}` of {}", node.place)));
    }
    found
}

/// A letter or `_`, then at most 63 letters, digits and `others`.
fn is_name(name: &str, others: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.len() <= 64
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || others.contains(c))
}
