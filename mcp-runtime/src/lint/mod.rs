//! Which clients would refuse a tool, and why: [`tool`] looks at a description as `tools/list` gives it.
//!
//! The rules are those of Claude, OpenAI, Codex, Gemini, VS Code and llama.cpp, each with the page or the thread that it was
//! taken from; what has no source is no rule. What the runtime makes of ordinary Rust types passes all of them, so a
//! finding is about a name, a hand-written schema, a pattern, or a type that some client cannot be told about.
//!
//! Invariants: a pure function of the description; nothing here is asked while a server runs; output schemas are not
//! looked at, since none of these clients hands them to its model.

use std::fmt;

use crate::protocol::Tool;

mod claude;
mod codex;
mod gemini;
mod llama;
mod name;
mod openai;
mod subject;
mod vscode;

use self::subject::Subject;

/// One thing about a tool that a client does not take.
///
/// Its `Display` is one line: the tool, the client, what it does, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The tool's name.
    pub tool: String,
    /// The client, such as `Gemini`.
    pub client: &'static str,
    /// What the client does.
    pub verdict: Verdict,
    /// What it does not take, with its place: "`exclusiveMinimum` of `limit`".
    pub what: String,
    /// What to write instead.
    pub advice: &'static str,
    /// The page of the documentation or the thread where the rule is from.
    pub source: &'static str,
}

/// What a client does with what it does not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It refuses the tool, or every request that has the tool among others.
    Rejects,
    /// It goes on without: its model is not told. The server checks it all the same.
    Ignores,
}

/// What every client would say about `tool`; empty when all of them take all of it.
#[must_use]
pub fn tool(tool: &Tool) -> Vec<Finding> {
    let subject = Subject::of(tool);
    let clients = [
        claude::check,
        openai::check,
        codex::check,
        gemini::check,
        vscode::check,
        llama::check,
    ];
    let mut found: Vec<Finding> = Vec::new();
    for finding in clients.iter().flat_map(|check| check(&subject)) {
        if !found.contains(&finding) {
            found.push(finding);
        }
    }
    found
}

/// The findings about `tool` as a tool of the server called `server`: those of [`tool`], and those of clients that join
/// the two names and bound the whole, as Claude Code (64 characters) and Cursor (60) do.
#[must_use]
pub fn tool_of(server: &str, tool: &Tool) -> Vec<Finding> {
    let mut found = self::tool(tool);
    found.extend(name::check(server, &tool.name));
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

/// What one client says about one kind of thing.
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
