//! A line connection that is fed mutations.

use mcp_testkit::TestClient;
use serde_json::{Value, json};

use super::shown;

/// Sends `line` and a valid request, and checks all responses up to that of the request.
///
/// A mutation may get a response or none; the valid request gets its response in any case, and no response is an
/// internal error, which is the form of a contained panic.
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

    /// Returns the responses to `line`, which has no line feed.
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
