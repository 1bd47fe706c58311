//! Claude: the Messages API, and with it Claude Code and Claude Desktop.
//!
//! The API takes names of 128 characters, Claude Desktop and claude.ai 64.

use super::subject::Subject;
use super::{Finding, Rule, Verdict};

const NAME: Rule = Rule {
    client: "Claude",
    verdict: Verdict::Rejects,
    advice: "use 1 to 64 of `A-Z a-z 0-9 _ -`",
    source: "https://github.com/jamiepine/voicebox/issues/590",
};
const ROOT: Rule = Rule {
    client: "Claude",
    verdict: Verdict::Rejects,
    advice: "move it into a parameter, or check it in the tool",
    source: "https://github.com/anthropics/claude-code/issues/5973",
};
const PARAMETER: Rule = Rule {
    client: "Claude",
    verdict: Verdict::Rejects,
    advice: "use 1 to 64 of `A-Z a-z 0-9 _ . -`",
    source: "https://github.com/beautyfree/appstore-connect-mcp/issues/1",
};
const DESCRIPTION: Rule = Rule {
    client: "Claude",
    verdict: Verdict::Ignores,
    advice: "say the rest in the parameters' own descriptions",
    source: "https://github.com/anthropics/claude-code/issues/41593",
};

/// The maximum length of a description in characters; Claude Code truncates longer ones.
const LONGEST: usize = 2048;

pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    let mut found = Vec::new();
    if !is_name(&subject.name, "_-") {
        found.push(NAME.finds(subject, "the name"));
    }
    let unions = ["oneOf", "anyOf", "allOf"]
        .into_iter()
        .filter(|word| subject.root.contains_key(*word));
    found.extend(unions.map(|word| ROOT.finds(subject, format!("`{word}` at the root"))));
    let parameters = subject.parameters().filter(|name| !is_name(name, "_.-"));
    found.extend(
        parameters.map(|name| PARAMETER.finds(subject, format!("the parameter name `{name}`"))),
    );
    if subject.description.chars().count() > LONGEST {
        found.push(DESCRIPTION.finds(
            subject,
            format!("the description after {LONGEST} characters"),
        ));
    }
    found
}

/// 1 to 64 ASCII letters, digits and `others`.
fn is_name(name: &str, others: &str) -> bool {
    (1..=64).contains(&name.len())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || others.contains(c))
}
