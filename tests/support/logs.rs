//! The log of the server, captured for a test.

use std::io;
use std::sync::{Arc, Mutex, Once};

use serde_json::Value;
use tracing::Dispatch;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

/// Captures everything logged on this thread while it lives, at every level.
pub(crate) struct Logs {
    text: Arc<Mutex<Vec<u8>>>,
    _guard: DefaultGuard,
}

#[derive(Clone)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Shared {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

static STANDING: Once = Once::new();

/// Installs two subscribers for the rest of the process, which enable everything and belong to no thread.
///
/// With a single subscriber, `tracing` asks only that of the current thread if an event is enabled when it is first
/// encountered. A thread without a subscriber would then disable the event, for tests with one too.
fn stand() {
    for _ in 0..2 {
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(io::sink)
            .finish();
        std::mem::forget(Dispatch::new(subscriber));
    }
    // Threads that were registering an event are done by then, and ask again.
    std::thread::sleep(std::time::Duration::from_millis(50));
    tracing::callsite::rebuild_interest_cache();
}

impl Logs {
    pub(crate) fn new() -> Self {
        STANDING.call_once(stand);
        let text = Arc::default();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(Shared(Arc::clone(&text)))
            .finish();
        Self {
            text,
            _guard: tracing::subscriber::set_default(subscriber),
        }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.text.lock().unwrap().clone()).unwrap()
    }

    pub(crate) fn lines(&self) -> Vec<Value> {
        self.text()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}
