//! Clients that would refuse a tool: [`tool`] checks a description as `tools/list` returns it.
//!
//! The rules are those of Claude, OpenAI, Codex, Gemini, VS Code and llama.cpp, each with the page or thread that it
//! was taken from; there are no rules without a source. The schemas of ordinary Rust types pass all of them, so a
//! finding is about a name, a hand-written schema, a pattern, or a type that some client cannot express.
//!
//! Invariants: a pure function of the description; nothing here runs while a server serves; output schemas are not
//! checked, since none of these clients passes them to its model.

use std::fmt;

use serde_json::Value;

#[cfg(feature = "cli")]
use crate::protocol::tool::Tool;

mod claude;
mod codex;
mod gemini;
mod llama;
mod name;
mod openai;
mod subject;
mod vscode;

use self::subject::Subject;

/// The clients whose rules are known.
#[cfg(feature = "cli")]
pub(crate) const CLIENTS: [&str; 8] = [
    "Claude",
    "Claude Code",
    "OpenAI",
    "Codex",
    "Gemini",
    "VS Code",
    "llama.cpp",
    "Cursor",
];

/// A part of a tool's description that a client does not accept.
///
/// Its `Display` is one line: the tool, the client, the reaction, and the remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The tool's name.
    pub tool: String,
    /// The client, such as `Gemini`.
    pub client: &'static str,
    /// The client's reaction.
    pub verdict: Verdict,
    /// The part that it does not accept, with its position: "`exclusiveMinimum` of `limit`".
    pub what: String,
    /// The remedy.
    pub advice: &'static str,
    /// The documentation page or thread that the rule is taken from.
    pub source: &'static str,
}

/// The reaction of a client to a part that it does not accept.
///
/// A test may fail on [`Verdict::Rejects`] and let [`Verdict::Ignores`] pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It refuses the tool, or every request that contains the tool.
    Rejects,
    /// The client ignores it: its model does not see it. The server still checks it.
    Ignores,
}

/// Lists the parts of a tool, described as an entry of `tools/list`, that clients do not accept; empty if all clients
/// accept all of it.
///
/// ```
/// # use mcp_runtime::{lint, serde_json::json};
/// let found = lint::tool(&json!({"name": "shop.search", "inputSchema": {"type": "object"}}));
/// assert!(found[0].to_string().starts_with("`shop.search`: Claude rejects the name"));
/// ```
///
/// `description` has the members `name`, `description`, `inputSchema` and so on; missing members are not checked. The
/// command `check` prints the findings for all tools of a server, and fails if one of them is a rejection.
#[must_use]
pub fn tool(description: &Value) -> Vec<Finding> {
    findings(&Subject::from_json(description))
}

fn findings(subject: &Subject) -> Vec<Finding> {
    let clients = [
        claude::check,
        openai::check,
        codex::check,
        gemini::check,
        vscode::check,
        llama::check,
    ];
    let mut found: Vec<Finding> = Vec::new();
    for finding in clients.iter().flat_map(|check| check(subject)) {
        if !found.contains(&finding) {
            found.push(finding);
        }
    }
    found
}

/// Lists the findings of [`tool`], and those of clients that prefix the name of a tool with that of its server and
/// limit the length: Claude Code (64 characters) and Cursor (60).
#[must_use]
pub fn tool_of(server: &str, description: &Value) -> Vec<Finding> {
    served(server, &Subject::from_json(description))
}

/// Lists the findings for a tool of the server called `server`.
#[cfg(feature = "cli")]
pub(crate) fn declared(server: &str, tool: &Tool) -> Vec<Finding> {
    served(server, &Subject::new(tool))
}

fn served(server: &str, subject: &Subject) -> Vec<Finding> {
    let mut found = findings(subject);
    found.extend(name::check(server, &subject.name));
    found
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            tool,
            client,
            verdict,
            what,
            advice,
            ..
        } = self;
        write!(f, "`{tool}`: {client} {verdict} {what}; {advice}")
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rejects => "rejects",
            Self::Ignores => "ignores",
        })
    }
}

/// The verdict of one client on one kind of finding.
#[derive(Clone, Copy, Debug)]
struct Rule {
    client: &'static str,
    verdict: Verdict,
    advice: &'static str,
    source: &'static str,
}

impl Rule {
    fn finds(&self, subject: &Subject, what: impl Into<String>) -> Finding {
        Finding {
            tool: subject.name.clone(),
            client: self.client,
            verdict: self.verdict,
            what: what.into(),
            advice: self.advice,
            source: self.source,
        }
    }
}

#[cfg(test)]
mod tests;
