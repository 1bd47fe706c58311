//! The tools used by most tests of the protocol.

use std::sync::Arc;

use mcp_runtime::{Context, Level, Server, State, tool, tools};
use tokio::sync::{Semaphore, mpsc};

use crate::support::patience::soon;

/// Adds two numbers.
#[tool(read_only, title = "Adder")]
pub(crate) async fn add(
    /// First addend.
    a: i64,
    /// Second addend.
    b: i64,
) -> i64 {
    a + b
}

/// Reports progress in steps, of which some do not grow.
#[tool]
pub(crate) async fn work(cx: &Context) -> &'static str {
    for done in [0.0, 1.0, 1.0, 0.5, 2.5, f64::NAN] {
        cx.progress(done, 3.0, format!("step {done}"));
        tokio::task::yield_now().await;
    }
    "done"
}

/// Reports progress and ends in the same breath, while a task that outlives it goes on reporting.
#[tool]
pub(crate) async fn hasty(cx: &Context) -> &'static str {
    cx.progress(1.0, None, "");
    let late = cx.clone();
    tokio::spawn(async move {
        late.progress(2.0, None, "too late");
        late.log(Level::Emergency, "too late");
    });
    "done"
}

/// Logs once at every level.
#[tool]
pub(crate) async fn chat(cx: &Context) -> &'static str {
    for level in Level::ALL {
        cx.log(level, format!("{level:?}"));
    }
    "logged"
}

/// Says that the list of tools has changed.
#[tool]
pub(crate) fn change(cx: &Context) -> &'static str {
    cx.tools_changed();
    "changed"
}

/// Waits until the test lets it go on.
#[tool]
pub(crate) async fn hold(gate: &Gate, cx: &Context) -> &'static str {
    let mut call = gate.enter();
    cx.progress(1.0, None, "begun");
    gate.passes
        .acquire()
        .await
        .expect("a gate is never closed")
        .forget();
    call.outcome = "finished";
    "released"
}

/// The test's control of the calls of [`hold`].
#[derive(State)]
pub(crate) struct App {
    gate: Gate,
}

pub(crate) struct Gate {
    seen: mpsc::UnboundedSender<&'static str>,
    passes: Arc<Semaphore>,
}

struct Held {
    seen: mpsc::UnboundedSender<&'static str>,
    outcome: &'static str,
}

impl Gate {
    fn enter(&self) -> Held {
        let _ = self.seen.send("begun");
        Held {
            seen: self.seen.clone(),
            outcome: "dropped",
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.seen.send(self.outcome);
    }
}

/// The test's side of a [`Gate`].
pub(crate) struct Watch {
    seen: mpsc::UnboundedReceiver<&'static str>,
    passes: Arc<Semaphore>,
}

impl Watch {
    /// Returns the next event of a call: `begun`, `finished` or `dropped`.
    pub(crate) async fn next(&mut self) -> &'static str {
        soon(self.seen.recv()).await.expect("the server is there")
    }

    /// Returns the events that have occurred and were not returned yet.
    pub(crate) fn so_far(&mut self) -> Vec<&'static str> {
        std::iter::from_fn(|| self.seen.try_recv().ok()).collect()
    }

    /// Lets one call finish.
    pub(crate) fn release(&self) {
        self.passes.add_permits(1);
    }
}

/// A server with all of these tools.
pub(crate) fn server() -> Server<App> {
    watched().0
}

/// The same, with the events of the calls of [`hold`], which the test must release.
pub(crate) fn watched() -> (Server<App>, Watch) {
    let (sender, seen) = mpsc::unbounded_channel();
    let passes = Arc::new(Semaphore::new(0));
    let app = App {
        gate: Gate {
            seen: sender,
            passes: Arc::clone(&passes),
        },
    };
    let server = Server::new("tested", "1.2.3")
        .instructions("Be kind.")
        .title("The tested one");
    (
        server
            .state(app)
            .tools(tools![add, work, hasty, chat, change, hold]),
        Watch { seen, passes },
    )
}
