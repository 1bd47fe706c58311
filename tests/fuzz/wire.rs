//! A line connection that is fed with mutations.

use mcp_testkit::TestClient;
use serde_json::{Value, json};

use super::shown;

/// Sends `line` and what follows it, and checks all answers up to the one that follows.
///
/// A mutation may be answered, or be no request; the request behind it is answered in any case, and nothing is answered
/// by an internal error, which is what a contained panic becomes.
pub(crate) struct Wire<'c> {
    lines: mcp_testkit::Lines<'c>,
    number: u64,
}

impl<'c> Wire<'c> {
    pub(crate) fn new(client: &'c TestClient) -> Self {
        Self {
            lines: client.lines(),
            number: 0,
        }
    }

    /// The answers to `line`, which has no line feed.
    pub(crate) async fn feed(&mut self, line: &[u8]) -> Vec<Value> {
        self.number += 1;
        let mark = format!("mark-{}", self.number);
        let mut answers = Vec::new();
        self.lines
            .send(String::from_utf8_lossy(line).replace('\n', " "));
        self.lines.send(discover(&mark));
        loop {
            let answer = self
                .lines
                .next()
                .await
                .unwrap_or_else(|| panic!("the server ended after {}", shown(line)));
            assert_ne!(
                answer["error"]["code"],
                -32603,
                "{}\n{answer:#}",
                shown(line)
            );
            if answer["id"] == mark.as_str() {
                return answers;
            }
            answers.push(answer);
        }
    }
}

fn discover(id: &str) -> String {
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    json!({ "jsonrpc": "2.0", "id": id, "method": "server/discover", "params": { "_meta": meta } })
        .to_string()
}
