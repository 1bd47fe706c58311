//! The raw lines of a connection, for tests of the protocol itself.

use serde_json::Value;
use tokio::sync::mpsc;

use super::{PATIENCE, TestClient};

/// A client that reads and writes lines.
#[derive(Debug)]
pub struct Lines<'a> {
    client: &'a TestClient,
    received: mpsc::UnboundedReceiver<String>,
}

impl TestClient {
    /// Takes over the connection: from now on the returned [`Lines`] receives all lines from the server.
    pub fn lines(&self) -> Lines<'_> {
        Lines {
            client: self,
            received: self.link.tap(),
        }
    }
}

impl Lines<'_> {
    /// Sends one line unchanged.
    pub fn send(&self, line: impl Into<String>) {
        self.client.send_line(line.into());
    }

    /// Waits for the next line, parsed; `None` when the server has ended.
    ///
    /// # Panics
    ///
    /// Panics if the server is idle without sending anything, or sends a line that is not JSON.
    pub async fn next(&mut self) -> Option<Value> {
        let line = tokio::time::timeout(PATIENCE, self.received.recv()).await;
        let line = line.unwrap_or_else(|_| panic!("the server says nothing more"))?;
        Some(
            serde_json::from_str(&line).unwrap_or_else(|error| panic!("not JSON: {error}\n{line}")),
        )
    }
}
