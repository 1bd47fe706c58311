//! A server whose tool counts its calls and returns results of any size.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mcp_runtime::{Server, State, tool, tools};
use serde_json::{Value, json};

/// One mebibyte.
pub(crate) const MIB: usize = 1024 * 1024;

/// Returns a text of this many bytes.
#[tool]
async fn fill(bytes: usize, calls: &Calls) -> String {
    calls.0.fetch_add(1, Ordering::Relaxed);
    "x".repeat(bytes)
}

/// The number of calls of `fill`.
#[derive(Clone, Default)]
pub(crate) struct Calls(Arc<AtomicUsize>);

impl Calls {
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

#[derive(State)]
pub(crate) struct App {
    calls: Calls,
}

/// A server with the tool, and the number of its calls.
pub(crate) fn server() -> (Server<App>, Calls) {
    let calls = Calls::default();
    let app = App {
        calls: calls.clone(),
    };
    let server = Server::new("large", "1.0.0");
    (server.state(app).tools(tools![fill]), calls)
}

/// A batch of calls of `fill`, with ids from 0, for results of these sizes.
pub(crate) fn batch(sizes: impl IntoIterator<Item = usize>) -> String {
    let call = |(id, bytes): (usize, usize)| {
        let params = json!({ "name": "fill", "arguments": { "bytes": bytes } });
        json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params })
    };
    let calls: Vec<Value> = sizes.into_iter().enumerate().map(call).collect();
    Value::from(calls).to_string()
}

/// Sizes of results of which the first five fit into one batch.
pub(crate) const CUT_OFF: [usize; 8] = [3 * MIB; 8];

/// Asserts that the responses to [`CUT_OFF`] are present up to the maximum, and that later calls did not run.
pub(crate) fn assert_cut_off(answers: &Value, calls: &Calls) {
    let answers = answers.as_array().unwrap();
    assert_eq!(answers.len(), 8);
    for (id, answer) in answers.iter().enumerate() {
        assert_eq!(answer["id"], id);
        let error = answer["error"]["message"].as_str();
        let text = answer["result"]["content"][0]["text"].as_str();
        match id {
            0..5 => assert_eq!(text.map(str::len), Some(3 * MIB)),
            5 => assert!(error.unwrap().contains("ran, but")),
            _ => assert!(error.unwrap().contains("did not run")),
        }
    }
    assert_eq!(calls.count(), 6);
}
