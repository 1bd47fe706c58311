//! stderr, written by one thread behind a bounded queue: logs, and all other output while a server runs.
//!
//! A pipe that nobody reads is full after 64 KiB, and the next `write` to it blocks its thread indefinitely; with logs
//! written directly, that would be each thread of the runtime in turn. So lines go to a queue of 1 MiB, a separate
//! thread writes them, and lines that do not fit are dropped, counted and reported once writing works again. The same
//! applies to prints of tools while stdout or stderr is captured (`capture.rs`).

#[cfg(unix)]
mod capture;
#[cfg(feature = "cli")]
mod colour;
pub(super) mod queue;

use std::io::{self, Write};
use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use prometheus_client::metrics::counter::Counter;

#[cfg(unix)]
pub(crate) use capture::{Captured, capture, capture_wire};
use queue::Queue;

use crate::clock::rfc3339;

/// The longest wait for unwritten lines when the process ends.
pub(crate) const FLUSH: Duration = Duration::from_millis(250);
/// The time between two checks for unwritten lines.
pub(super) const LOOK: Duration = Duration::from_millis(1);

/// The queue of stderr; its thread begins with the first use, before file descriptor 2 is redirected.
static STDERR: LazyLock<Queue> = LazyLock::new(|| {
    begin(dup(&io::stderr()), || &STDERR);
    Queue::default()
});

/// The queue of prints to stdout, while it does not carry the protocol.
#[cfg(unix)]
static STDOUT: LazyLock<Queue> = LazyLock::new(|| {
    begin(dup(&io::stdout()), || &STDOUT);
    Queue::default()
});

/// Begins to write `queue` to `output`. Without the thread nothing is written, and all lines are dropped and counted.
fn begin(output: io::Result<impl Write + Send + 'static>, queue: fn() -> &'static Queue) {
    if let Ok(output) = output {
        let _ = thread::Builder::new()
            .name("mcp-log".into())
            .spawn(move || queue().write_behind(output, report));
    }
}

/// Duplicates `output`, so that a redirection of its file descriptor does not affect it.
#[cfg(unix)]
fn dup(output: &impl std::os::fd::AsFd) -> io::Result<std::fs::File> {
    Ok(rustix::io::dup(output)?.into())
}

/// File descriptors are not redirected on other systems.
#[cfg(not(unix))]
fn dup<T>(_: &T) -> io::Result<io::Stderr> {
    Ok(io::stderr())
}

fn report(missed: u64) {
    tracing::warn!(
        lines = missed,
        "log lines were dropped, because stderr could not be written to"
    );
}

/// Queues whole lines for stderr, or drops them.
pub(crate) fn write(lines: &[u8]) {
    STDERR.push(lines);
}

/// Writes a line that a person waits for, at any level of the log; with `json` as a record.
pub(crate) fn announce(json: bool, level: &str, text: &str) {
    let line = if json {
        let time = rfc3339(std::time::SystemTime::now(), 6);
        serde_json::json!({
            "timestamp": time,
            "level": level,
            "fields": { "message": text },
            "target": "mcp_runtime",
        })
        .to_string()
    } else {
        text.to_owned()
    };
    write(format!("{line}\n").as_bytes());
}

/// The number of lines that were dropped since the process began.
pub(crate) fn dropped() -> Counter {
    STDERR.dropped.clone()
}

/// Returns true if all lines and prints are written; `None` if they never will be.
fn is_written() -> Option<bool> {
    #[cfg(unix)]
    let (printed, queues) = (capture::is_drained(), [&STDERR, &STDOUT]);
    #[cfg(not(unix))]
    let (printed, queues) = (true, [&STDERR]);
    let is_stuck = queues.iter().any(|queue| queue.is_stuck());
    (!is_stuck).then(|| printed && queues.iter().all(|queue| queue.is_empty()))
}

/// Waits until all lines and prints are written, at most `limit`, and not at all for an output that is stuck. Returns
/// true if they are.
///
/// Blocks its thread, for at most `limit`. A write that has gone on for more than 100 ms is not
/// waited for.
pub(crate) fn flush(limit: Duration) -> bool {
    let begun = Instant::now();
    loop {
        match is_written() {
            Some(true) => return true,
            Some(false) if begun.elapsed() < limit => thread::sleep(LOOK),
            _ => return false,
        }
    }
}

/// Waits for the last lines when dropped.
#[cfg(feature = "cli")]
#[derive(Debug)]
pub(crate) struct Flushed;

#[cfg(feature = "cli")]
impl Drop for Flushed {
    fn drop(&mut self) {
        flush(FLUSH);
    }
}

/// One record of `tracing`, which becomes one entry of the queue.
#[cfg(feature = "cli")]
#[derive(Debug)]
pub(crate) struct Writer {
    /// Colours the level, for a terminal.
    pub has_colours: bool,
}

#[cfg(feature = "cli")]
impl Write for Writer {
    fn write(&mut self, record: &[u8]) -> io::Result<usize> {
        if self.has_colours {
            write(&colour::coloured(record));
        } else {
            write(record);
        }
        Ok(record.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
