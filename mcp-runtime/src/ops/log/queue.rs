//! A queue of lines for stderr: bounded in bytes, so that a reader that does not read blocks no logging thread.
//!
//! Invariants: appending never waits; lines that do not fit are dropped and counted.
//!
//! A text of more than 64 KiB is cut, with its length. One write takes the whole queue, so that a slow output is
//! written in few calls. The lock is held while lines are copied, never while they are written.

use std::io::{self, Write};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use prometheus_client::metrics::counter::Counter;

/// The maximum number of queued bytes, including those being written.
const MOST: usize = 1024 * 1024;
/// The longest text that is kept whole.
const LONGEST: usize = 64 * 1024;
/// The time after which a write counts as stuck.
const STUCK: Duration = Duration::from_millis(100);

/// Lines that wait for the thread that writes them.
#[derive(Debug, Default)]
pub(in crate::ops) struct Queue {
    state: Mutex<State>,
    work: Condvar,
    /// The total number of dropped lines.
    pub(in crate::ops) dropped: Counter,
}

#[derive(Debug, Default)]
struct State {
    text: Vec<u8>,
    /// The number of bytes being written, and the beginning of the write.
    writing: Option<(usize, Instant)>,
    /// The number of lines dropped since the last report.
    missed: u64,
    /// True if no further lines will be queued.
    closed: bool,
}

impl Queue {
    /// Appends whole lines, or drops them if the queue is full.
    pub(in crate::ops) fn push(&self, lines: &[u8]) {
        if lines.is_empty() {
            return;
        }
        let mut state = self.lock();
        let writing = state.writing.map_or(0, |(bytes, _)| bytes);
        if state.text.len() + writing + lines.len().min(LONGEST) > MOST {
            state.missed += count(lines);
            self.dropped.inc_by(count(lines));
            return;
        }
        match lines.split_at_checked(LONGEST) {
            Some((kept, cut)) if !cut.is_empty() => {
                state.text.extend_from_slice(kept);
                // Writing to a vector cannot fail.
                let _ = writeln!(state.text, "… ({} bytes)", lines.len());
            }
            _ => state.text.extend_from_slice(lines),
        }
        drop(state);
        self.work.notify_one();
    }

    /// Lets [`write_behind`](Self::write_behind) return once all lines are written.
    pub(in crate::ops) fn close(&self) {
        self.lock().closed = true;
        self.work.notify_one();
    }

    /// Writes queued lines to `output`, until the queue is closed.
    ///
    /// `report` gets the number of dropped lines once writing works again.
    pub(in crate::ops) fn write_behind(&self, mut output: impl Write, report: impl Fn(u64)) {
        loop {
            let mut state = self
                .work
                .wait_while(self.lock(), |state| state.text.is_empty() && !state.closed)
                .unwrap_or_else(PoisonError::into_inner);
            if state.text.is_empty() {
                return;
            }
            let text = std::mem::take(&mut state.text);
            state.writing = Some((text.len(), Instant::now()));
            drop(state);
            let written = write_all(&mut output, &text);
            let mut state = self.lock();
            state.writing = None;
            if written.is_ok() {
                let missed = std::mem::take(&mut state.missed);
                drop(state);
                if missed > 0 {
                    report(missed);
                }
            } else {
                // The disk is full, or the reader has gone: the error cannot be reported.
                state.missed += count(&text);
                self.dropped.inc_by(count(&text));
            }
        }
    }

    /// Returns true if the queue is empty.
    pub(in crate::ops) fn is_empty(&self) -> bool {
        let state = self.lock();
        state.text.is_empty() && state.writing.is_none()
    }

    /// Returns true if a write is stuck, so that waiting for it is useless.
    pub(in crate::ops) fn is_stuck(&self) -> bool {
        self.lock()
            .writing
            .is_some_and(|(_, since)| since.elapsed() > STUCK)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes all of `text`, even if the other side has made the descriptor non-blocking.
fn write_all(output: &mut impl Write, mut text: &[u8]) -> io::Result<()> {
    while !text.is_empty() {
        match output.write(text) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => text = &text[written..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                thread::sleep(Duration::from_millis(10));
            }
            Err(error) => return Err(error),
        }
    }
    output.flush()
}

/// The number of lines in `text`, including an incomplete one.
fn count(text: &[u8]) -> u64 {
    let ends = memchr::memchr_iter(b'\n', text).count();
    let open = usize::from(!text.ends_with(b"\n"));
    u64::try_from(ends + open).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::sync::Arc;
    use std::sync::mpsc::{self, Receiver, Sender};

    /// An output that accepts one write for each permit, and forwards what was written.
    struct Gate {
        permits: Receiver<()>,
        written: Sender<Vec<u8>>,
    }

    impl Write for Gate {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            self.permits.recv().map_err(|_| io::ErrorKind::BrokenPipe)?;
            let _ = self.written.send(text.to_vec());
            Ok(text.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn behind_a_gate() -> (Arc<Queue>, Sender<()>, Receiver<Vec<u8>>) {
        let queue = Arc::new(Queue::default());
        let ((permit, permits), (written, texts)) = (mpsc::channel(), mpsc::channel());
        let writing = Arc::clone(&queue);
        thread::spawn(move || {
            let told = Arc::clone(&writing);
            writing.write_behind(Gate { permits, written }, move |missed| {
                told.push(format!("{missed} dropped\n").as_bytes());
            });
        });
        (queue, permit, texts)
    }

    #[test]
    fn lines_that_do_not_fit_are_dropped_and_reported_once_writing_works_again() {
        let (queue, permit, texts) = behind_a_gate();
        let line = [&[b'x'; 1023][..], b"\n"].concat();
        for _ in 0..5000 {
            queue.push(&line);
        }
        let dropped = queue.dropped.get();
        assert_eq!(dropped, 5000 - 1024, "1024 lines of 1 KiB are 1 MiB");
        let mut text = Vec::new();
        let report = format!("{dropped} dropped\n").into_bytes();
        while !text.ends_with(&report) {
            permit.send(()).unwrap();
            text.extend(texts.recv().unwrap());
        }
        assert_eq!(text.len(), 1024 * 1024 + report.len());
        queue.push(b"again\n");
        permit.send(()).unwrap();
        assert_eq!(texts.recv().unwrap(), b"again\n");
    }

    #[test]
    fn a_long_text_is_cut() {
        let (queue, permit, texts) = behind_a_gate();
        queue.push(&vec![b'x'; LONGEST + 7]);
        permit.send(()).unwrap();
        let text = texts.recv().unwrap();
        let end = format!("… ({} bytes)\n", LONGEST + 7);
        assert_eq!(text.len(), LONGEST + end.len());
        assert!(text.ends_with(end.as_bytes()));
    }

    #[test]
    fn an_output_that_fails_drops_lines_and_nothing_else() {
        let (queue, permit, _texts) = behind_a_gate();
        drop(permit);
        queue.push(b"one\ntwo\nthree");
        while !queue.is_empty() {
            thread::yield_now();
        }
        assert_eq!(queue.dropped.get(), 3);
    }
}
