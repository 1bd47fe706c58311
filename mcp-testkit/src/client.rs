//! An in-memory client, in any revision.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mcp_runtime::{Level, Principal, Server, Version};
use serde_json::{Value, json};

use crate::link::Link;
use crate::script::Script;

mod configure;
mod lines;
mod list;
mod pending;
mod send;
#[cfg(test)]
mod tests;

pub use self::lines::Lines;
pub use self::pending::Pending;

/// The maximum time to wait for a response. Paused time advances when all tasks are idle, so a lost response fails a
/// test instead of blocking it.
const PATIENCE: Duration = Duration::from_hours(24);

/// A client of a server in the same process.
///
/// Its methods panic to fail a test, and show the request, the response and the expectation. Calls request progress,
/// for [`Reply::progress`](crate::Reply::progress).
///
/// It is configured by value: `let client = TestClient::new(server()).await.principal(ann).on_elicit(..)`. A clone is
/// the same client on the same connection, with its own principal and log level; the scripted responses are those of
/// the connection.
#[derive(Clone, Debug)]
pub struct TestClient {
    link: Arc<Link>,
    version: Version,
    next_id: Arc<AtomicI64>,
    principal: Principal,
    capabilities: Value,
    /// The `clientInfo`.
    info: Value,
    /// Set if the open session was initialized with other capabilities or names.
    is_outdated: Arc<AtomicBool>,
    script: Arc<Mutex<Script>>,
    log_level: Option<Level>,
    /// Set when calls may become tasks, which are followed to their end.
    tasks: bool,
}

impl TestClient {
    /// Connects a client of the current revision.
    ///
    /// # Panics
    ///
    /// Panics if the server cannot start.
    pub async fn new<S: Send + Sync + 'static>(server: Server<S>) -> Self {
        Self::with_version(server, Version::LATEST).await
    }

    /// Connects a client of `version`; a legacy one has completed the handshake.
    ///
    /// # Panics
    ///
    /// Panics if the server cannot start, or does not support the revision.
    pub async fn with_version<S: Send + Sync + 'static>(
        server: Server<S>,
        version: Version,
    ) -> Self {
        let client = Self::raw(server, version);
        if version.is_legacy() {
            let reply = client.shake_hands().reply().await;
            assert_eq!(
                reply.result()["protocolVersion"],
                version.as_str(),
                "the server chose another revision"
            );
            client.notify("notifications/initialized", json!({}));
        }
        client
    }

    /// Connects a client that has sent nothing yet, for tests of the protocol itself.
    ///
    /// # Panics
    ///
    /// Panics if the server cannot start.
    pub fn raw<S: Send + Sync + 'static>(server: Server<S>, version: Version) -> Self {
        let connection = server
            .connect()
            .unwrap_or_else(|error| panic!("the server cannot start: {error}"));
        let script = Arc::default();
        Self {
            link: Arc::new(Link::new(connection, Arc::clone(&script))),
            version,
            next_id: Arc::new(AtomicI64::new(1)),
            principal: Principal::anonymous(),
            capabilities: json!({}),
            info: json!({ "name": "mcp-testkit", "version": env!("CARGO_PKG_VERSION") }),
            is_outdated: Arc::default(),
            script,
            log_level: None,
            tasks: false,
        }
    }

    fn shake_hands(&self) -> Pending<'_> {
        self.is_outdated.store(false, Ordering::Relaxed);
        let params = json!({
            "protocolVersion": self.version.as_str(),
            "capabilities": self.capabilities,
            "clientInfo": self.info,
        });
        self.send("initialize", params)
    }

    /// Returns the revision of this client.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Returns the notifications that belong to no call with a response.
    pub fn notifications(&self) -> Vec<Value> {
        self.link.take_notifications()
    }

    /// Ends the input, as a client that disconnects.
    pub fn close(&self) {
        self.link.close();
    }

    /// Begins the server's shutdown, as a signal would.
    pub fn shut_down(&self) {
        self.link.shut_down();
    }

    /// Returns the whole text of `/metrics`.
    pub async fn metrics(&self) -> String {
        self.link.metrics().await.unwrap_or_default()
    }

    /// Returns the value of the metric `series`, in the form of `/metrics`, for example
    /// `mcp_tool_invocations_total{tool="add",outcome="ok"}`.
    ///
    /// # Panics
    ///
    /// Panics if there is no such series.
    pub async fn metric(&self, series: &str) -> f64 {
        let text = self.metrics().await;
        let value = text
            .lines()
            .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        let value = value.and_then(|value| value.parse().ok());
        value.unwrap_or_else(|| panic!("there is no metric {series} in\n{text}"))
    }
}
