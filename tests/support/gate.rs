//! A dependency of the tools in these tests, and their callers.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use mcp_runtime::Principal;
use tokio::sync::{Semaphore, mpsc};

/// A dependency that counts arrivals, and completes only when a test opens it.
#[derive(Debug)]
pub(crate) struct Gate {
    begun: AtomicU32,
    open: Semaphore,
    announce: mpsc::UnboundedSender<u32>,
    announced: Mutex<Option<mpsc::UnboundedReceiver<u32>>>,
}

impl Gate {
    pub(crate) fn new() -> Arc<Self> {
        let (announce, announced) = mpsc::unbounded_channel();
        Arc::new(Self {
            begun: AtomicU32::new(0),
            open: Semaphore::new(0),
            announce,
            announced: Mutex::new(Some(announced)),
        })
    }

    /// Arrives, and waits until it is opened; returns the number of this arrival.
    pub(crate) async fn pass(&self) -> u32 {
        let number = self.come();
        self.open.acquire().await.unwrap().forget();
        number
    }

    /// Arrives, and continues immediately.
    pub(crate) fn come(&self) -> u32 {
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let _ = self.announce.send(number);
        number
    }

    /// The number of arrivals.
    pub(crate) fn count(&self) -> u32 {
        self.begun.load(Ordering::SeqCst)
    }

    /// Lets this number of calls continue.
    pub(crate) fn open(&self, calls: usize) {
        self.open.add_permits(calls);
    }

    /// Waits for this number of further arrivals.
    pub(crate) async fn arrivals(&self, calls: usize) {
        let mut announced = self.announced.lock().unwrap().take().unwrap();
        for _ in 0..calls {
            announced.recv().await.unwrap();
        }
        *self.announced.lock().unwrap() = Some(announced);
    }
}

/// Runs all tasks that can run without time passing.
pub(crate) async fn settle() {
    tokio::time::sleep(std::time::Duration::from_nanos(1)).await;
}

pub(crate) fn somebody(subject: &str) -> Principal {
    Principal::new(subject, Vec::<String>::new())
}
