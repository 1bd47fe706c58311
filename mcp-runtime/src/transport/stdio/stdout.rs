//! The real stdout, and what waits to be written to it.
//!
//! The unwritten bytes are bounded: new lines of the client are received only while it is less than [`BACKLOG`], and large answers
//! are kept as they were counted for the client ([`Shares::track`](crate::share::Shares::track)) until they are written.
//!
//! One thread writes at a time, whichever has something to write: the one that reads stdin, for
//! answers that are ready at once, or the writing thread, for tasks. The other's lines are appended
//! and written by the one that is at it. Responses are never dropped; notifications are, from 1 MiB
//! of unwritten bytes on. `pending` is not locked while a write blocks; the lock of `file` is, and
//! only writers take it.

use std::collections::VecDeque;
use std::io::Write as _;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;

use super::Real;
use crate::handler::input::outbox::LineSink;
use crate::limits;

/// The number of unwritten bytes from which on notifications are dropped, and no further lines are received.
const BACKLOG: usize = 1024 * 1024;

/// stdout, and the text to be written to it. Only code that may block writes, one writer at a time.
pub(super) struct Stdout {
    file: Mutex<Real>,
    pending: Mutex<Pending>,
    /// There is something to write, or the end.
    work: Condvar,
    /// Something was written.
    written: Condvar,
    /// Notified when stdout is closed.
    pub(super) gone: Notify,
}

#[derive(Default)]
struct Pending {
    /// Large answers, and the lines before each of them.
    parts: VecDeque<Bytes>,
    /// The lines after those.
    text: Vec<u8>,
    /// The bytes that wait, with those that are being written.
    bytes: usize,
    writing: bool,
    closed: bool,
    /// A thread waits for room.
    is_awaited: bool,
}

impl Pending {
    fn append(&mut self, lines: &[u8]) {
        self.text.extend_from_slice(lines);
        self.bytes += lines.len();
    }

    /// Adds a line without copying it.
    fn push(&mut self, line: Bytes) {
        if !self.text.is_empty() {
            self.parts.push_back(std::mem::take(&mut self.text).into());
        }
        self.bytes += line.len();
        self.parts.push_back(line);
        self.append(b"\n");
    }

    /// Takes the part to write next.
    fn next(&mut self) -> Option<Bytes> {
        let lines = || Some(std::mem::take(&mut self.text).into());
        let part = self.parts.pop_front().or_else(lines);
        part.filter(|part: &Bytes| !part.is_empty())
    }

    fn is_empty(&self) -> bool {
        self.parts.is_empty() && self.text.is_empty()
    }
}

impl LineSink for Stdout {
    fn append(&self, lines: &[u8]) {
        self.lock().append(lines);
        self.work.notify_one();
    }

    fn send(&self, text: Bytes) {
        if text.is_empty() {
            return;
        }
        let mut pending = self.lock();
        if text.len() <= limits::UNTRACKED {
            pending.append(&text);
            pending.append(b"\n");
        } else {
            pending.push(text);
        }
        self.work.notify_one();
    }

    fn offer(&self, line: &[u8]) -> bool {
        let mut pending = self.lock();
        if pending.bytes + line.len() > BACKLOG {
            return false;
        }
        pending.append(line);
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
            written: Condvar::new(),
            gone: Notify::new(),
        }
    }

    /// Writes `text`, after what waits, on the calling thread; or leaves it to the one that is writing.
    pub(super) fn write_now(&self, text: &mut Vec<u8>) {
        if text.is_empty() {
            return;
        }
        let mut pending = self.lock();
        if pending.writing || !pending.is_empty() {
            pending.append(text);
            drop(pending);
            self.flush();
        } else {
            pending.writing = true;
            pending.bytes += text.len();
            drop(pending);
            self.drain(self.write(text));
        }
        text.clear();
    }

    /// Returns `true` if further lines may be received.
    pub(super) fn has_room(&self) -> bool {
        self.lock().bytes <= BACKLOG
    }

    /// Waits until the client has read so much that further lines may be received, or stdout is closed.
    pub(super) fn wait_for_room(&self) {
        let full = |pending: &mut Pending| {
            pending.is_awaited = pending.bytes > BACKLOG;
            pending.is_awaited
        };
        let pending = self.written.wait_while(self.lock(), full);
        drop(pending.unwrap_or_else(PoisonError::into_inner));
    }

    /// Writes what waits whenever there is something, until the end.
    pub(super) fn write_behind(&self) {
        loop {
            let pending = self.lock();
            let idle =
                |pending: &mut Pending| (pending.is_empty() || pending.writing) && !pending.closed;
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

    /// Returns at once if another thread writes: that one takes what was appended, before it ends.
    fn flush(&self) {
        let mut pending = self.lock();
        if !pending.writing {
            pending.writing = true;
            self.drain(pending);
        }
    }

    /// Writes what waits until there is nothing more, as the one that writes.
    fn drain<'s>(&'s self, mut pending: MutexGuard<'s, Pending>) {
        while let Some(part) = pending.next() {
            drop(pending);
            pending = self.write(&part);
        }
        pending.writing = false;
        if pending.closed {
            // The end has come meanwhile.
            self.work.notify_one();
        }
    }

    /// Writes a part that is counted as waiting.
    fn write(&self, part: &[u8]) -> MutexGuard<'_, Pending> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let written = file.write_all(part).and_then(|()| file.flush());
        drop(file);
        if let Err(error) = written {
            tracing::debug!(%error, "stdout is closed");
            self.gone.notify_one();
        }
        let mut pending = self.lock();
        pending.bytes -= part.len();
        // Waking nobody is a system call too.
        if pending.is_awaited {
            self.written.notify_all();
        }
        pending
    }

    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.work.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    use std::fs::File;
    use std::io::{self, Read as _};
    use std::os::fd::OwnedFd;
    use std::sync::Arc;
    use std::thread;

    use crate::handler::Principal;
    use crate::limits::Limit;
    use crate::share::{Amount, Holder, Shares};

    #[test]
    fn unread_output_is_counted_until_the_client_has_read_it() {
        let (mut reader, writer) = io::pipe().unwrap();
        let output = Arc::new(Stdout::new(File::from(OwnedFd::from(writer))));
        let most = Amount {
            number: usize::MAX,
            bytes: 2 * BACKLOG,
        };
        let unread = Shares::new(Limit::UnreadResults, most);
        let holder = Holder::on_line(&Principal::anonymous());
        let answer = || unread.track(&holder, Bytes::from(vec![b'x'; BACKLOG]));
        assert!(output.has_room());
        output.append(b"first\n");
        output.send(answer().unwrap());
        output.send(answer().unwrap());
        assert!(!output.has_room());
        assert!(!output.offer(b"a notification\n"));
        assert!(answer().is_err(), "the client reads nothing");

        let writing = Arc::clone(&output);
        let writer = thread::spawn(move || writing.write_behind());
        let mut text = vec![0; "first\n".len() + 2 * (BACKLOG + 1)];
        reader.read_exact(&mut text).unwrap();
        output.wait_for_room();
        output.close();
        writer.join().unwrap();
        assert!(answer().is_ok());
        assert!(text.starts_with(b"first\nxx") && text.ends_with(b"x\n"));
        assert_eq!(text.split(|byte| *byte == b'\n').count(), 4);
    }
}
