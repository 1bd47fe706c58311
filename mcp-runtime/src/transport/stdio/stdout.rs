//! The real stdout, and what waits to be written to it.

use std::io::Write as _;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::Real;
use crate::handler::input::outbox::LineSink;

/// The maximum number of unwritten bytes; notifications beyond it are dropped.
const BACKLOG: usize = 1024 * 1024;

/// stdout, and the text to be written to it. Only code that may block writes, one writer at a time.
pub(super) struct Stdout {
    file: Mutex<Real>,
    pending: Mutex<Pending>,
    /// There is something to write, or the end.
    work: Condvar,
    /// Notified when stdout is closed.
    pub(super) gone: Notify,
}

#[derive(Default)]
struct Pending {
    text: Vec<u8>,
    writing: bool,
    closed: bool,
}

impl LineSink for Stdout {
    fn append(&self, lines: &[u8]) {
        self.lock().text.extend_from_slice(lines);
        self.work.notify_one();
    }

    fn offer(&self, line: &[u8]) -> bool {
        let mut pending = self.lock();
        if pending.text.len() + line.len() > BACKLOG {
            return false;
        }
        pending.text.extend_from_slice(line);
        self.work.notify_one();
        true
    }
}

impl Stdout {
    pub(super) fn new(file: Real) -> Self {
        Self {
            file: Mutex::new(file),
            pending: Mutex::default(),
            work: Condvar::new(),
            gone: Notify::new(),
        }
    }

    /// Writes `text`, after what waits, on the calling thread; or leaves it to the one that is writing.
    pub(super) fn write_now(&self, text: &mut Vec<u8>) {
        if !text.is_empty() {
            self.lock().text.append(text);
            self.flush();
        }
    }

    /// Writes what waits whenever there is something, until the end.
    pub(super) fn write_behind(&self) {
        loop {
            let pending = self.lock();
            let idle = |pending: &mut Pending| {
                (pending.text.is_empty() || pending.writing) && !pending.closed
            };
            let pending = self
                .work
                .wait_while(pending, idle)
                .unwrap_or_else(PoisonError::into_inner);
            let last = pending.closed;
            drop(pending);
            self.flush();
            if last {
                return;
            }
        }
    }

    fn flush(&self) {
        let mut pending = self.lock();
        if pending.writing {
            return;
        }
        pending.writing = true;
        while !pending.text.is_empty() {
            let text = std::mem::take(&mut pending.text);
            drop(pending);
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            if let Err(error) = file.write_all(&text).and_then(|()| file.flush()) {
                tracing::debug!(%error, "stdout is closed");
                self.gone.notify_one();
            }
            drop(file);
            pending = self.lock();
        }
        pending.writing = false;
        if pending.closed {
            // The end has come meanwhile.
            self.work.notify_one();
        }
    }

    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.work.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
