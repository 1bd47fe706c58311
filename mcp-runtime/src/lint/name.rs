//! Names as clients join them with that of their server, which an entry of their configuration usually repeats.

use super::{Finding, Verdict};

/// A client that joins names, and the maximum number of characters.
struct Joined {
    client: &'static str,
    before: &'static str,
    between: &'static str,
    most: usize,
    advice: &'static str,
    source: &'static str,
}

const CLIENTS: [Joined; 2] = [
    Joined {
        client: "Claude Code",
        before: "mcp__",
        between: "__",
        most: 64,
        advice: "shorten the name of the tool or of the server, to 64 characters together",
        source: "https://github.com/anthropics/claude-code/issues/19882",
    },
    Joined {
        client: "Cursor",
        before: "",
        between: ":",
        most: 60,
        advice: "shorten the name of the tool or of the server, to 60 characters together",
        source: "https://github.com/ComposioHQ/composio/issues/2788",
    },
];

pub(super) fn check(server: &str, tool: &str) -> Vec<Finding> {
    let joined = |client: &Joined| {
        let name = format!("{}{server}{}{tool}", client.before, client.between);
        let length = name.chars().count();
        (length > client.most).then(|| Finding {
            tool: tool.to_owned(),
            client: client.client,
            verdict: Verdict::Rejects,
            what: format!("the joined name `{name}` of {length} characters"),
            advice: client.advice,
            source: client.source,
        })
    };
    CLIENTS.iter().filter_map(joined).collect()
}
