//! OpenAI: function calling as clients send the tools of a server, without `strict`.

use super::subject::Subject;
use super::{Finding, Rule, Verdict};

const NAME: Rule = Rule {
    client: "OpenAI",
    verdict: Verdict::Rejects,
    advice: "use `A-Z a-z 0-9 _ -` only",
    source: "https://github.com/openai/codex/issues/8174",
};
const LENGTH: Rule = Rule {
    client: "OpenAI",
    verdict: Verdict::Rejects,
    advice: "use at most 64 characters",
    source: "https://github.com/danny-avila/LibreChat/issues/7435",
};
const ROOT: Rule = Rule {
    client: "OpenAI",
    verdict: Verdict::Rejects,
    advice: "move it into a parameter, or check it in the tool",
    source: "https://github.com/langchain-ai/langchainjs/issues/9804",
};
const ITEMS: Rule = Rule {
    client: "OpenAI",
    verdict: Verdict::Rejects,
    advice: "say in `items` what the array holds",
    source: "https://github.com/mark3labs/mcphost/issues/35",
};
const DESCRIPTION: Rule = Rule {
    client: "OpenAI",
    verdict: Verdict::Rejects,
    advice: "say the rest in the parameters' own descriptions",
    source: "https://github.com/getsentry/sentry-mcp/issues/106",
};

/// The maximum length of a description; some models refuse longer ones.
const LONGEST: usize = 1024;

pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    let mut found = Vec::new();
    if !subject
        .name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
    {
        found.push(NAME.finds(subject, "the name"));
    }
    if subject.name.len() > 64 {
        found.push(LENGTH.finds(subject, "the length of the name"));
    }
    if subject.description.chars().count() > LONGEST {
        found.push(DESCRIPTION.finds(
            subject,
            format!("a description of more than {LONGEST} characters"),
        ));
    }
    let banned = ["oneOf", "anyOf", "allOf", "enum", "const", "not"];
    let banned = banned
        .into_iter()
        .filter(|word| subject.root.contains_key(*word));
    found.extend(banned.map(|word| ROOT.finds(subject, format!("`{word}` at the root"))));
    let bare = subject
        .nodes()
        .into_iter()
        .filter(super::subject::Node::is_bare_array);
    found.extend(
        bare.map(|node| ITEMS.finds(subject, format!("an array without `items`: {}", node.place))),
    );
    found
}
