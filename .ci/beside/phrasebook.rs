// A tool with state, a limit and a timeout, over HTTP with health checks: mcp-runtime.
use std::collections::BTreeMap;

use mcp_runtime::{Server, State, ToolError, tool, tools};

#[derive(State)]
struct Phrasebook {
    words: BTreeMap<String, String>,
}

/// Translates a word.
#[tool(rate_limit = "10/min", timeout = "5s")]
async fn translate(words: &BTreeMap<String, String>, word: String) -> Result<String, ToolError> {
    let found = words.get(&word).cloned();
    found.ok_or_else(|| ToolError::new(format!("there is no word `{word}` here")))
}

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    let words = BTreeMap::from([("bread".to_owned(), "brauð".to_owned())]);
    let server = Server::new("phrasebook", "1.0.0").state(Phrasebook { words });
    server
        .tools(tools![translate])
        .serve_http("127.0.0.1:8080")
        .await
}
