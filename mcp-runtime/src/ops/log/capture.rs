//! Captures prints while a server runs: file descriptors 1 and 2 become pipes that threads drain into queues, so that
//! a tool that prints is not blocked by a reader that does not read.
//!
//! A terminal and a regular file are not captured: neither blocks a print for long.

use std::fs::File;
use std::io::{self, IsTerminal as _, PipeReader, PipeWriter, Read as _};
use std::os::fd::AsFd as _;
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, Once, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::queue::Queue;
use super::{FLUSH, STDERR, STDOUT, dup};

/// The size of one read.
const CHUNK: usize = 16 * 1024;
/// The time after which an incomplete line is passed on.
const PATIENCE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 100_000_000,
};

/// The pipes to stderr and stdout; made when first needed, and kept.
static TO_STDERR: OnceLock<Pipe> = OnceLock::new();
static TO_STDOUT: OnceLock<Pipe> = OnceLock::new();
/// Servers that run in this process.
static RUNNING: Mutex<usize> = Mutex::new(0);

struct Pipe {
    writer: PipeWriter,
    reader: PipeReader,
    queue: &'static Queue,
    /// True while bytes that were read are not in the queue yet.
    busy: AtomicBool,
}

/// Guard of the capture: prints go to queues while it is held.
#[derive(Debug)]
pub(crate) struct Captured {
    /// The real stderr, if it was captured.
    stderr: Option<File>,
    /// The file that file descriptor 1 becomes at the end.
    stdout: Option<File>,
}

/// Captures file descriptors 1 and 2, unless writes to them cannot block.
pub(crate) fn capture() -> io::Result<Captured> {
    let mut running = begin();
    let (stdout, stderr) = (dup(&io::stdout())?, dup(&io::stderr())?);
    let mut captured = Captured {
        stderr: None,
        stdout: None,
    };
    // Servers of one process share the capture of the first.
    if *running == 0 {
        if may_wait(&stdout) {
            rustix::stdio::dup2_stdout(&pipe(&TO_STDOUT, &STDOUT)?.writer)?;
            captured.stdout = Some(stdout);
        }
        captured.stderr = take_stderr(stderr)?;
    }
    *running += 1;
    Ok(captured)
}

/// The same if stdout carries the protocol: returns the real one, and redirects prints to stderr.
pub(crate) fn capture_wire() -> io::Result<(Captured, File)> {
    let mut running = begin();
    let (wire, stderr) = (dup(&io::stdout())?, dup(&io::stderr())?);
    rustix::stdio::dup2_stdout(&pipe(&TO_STDERR, &STDERR)?.writer)?;
    let captured = Captured {
        stdout: Some(dup(&stderr)?),
        stderr: if *running == 0 {
            take_stderr(stderr)?
        } else {
            None
        },
    };
    *running += 1;
    Ok((captured, wire))
}

fn begin() -> MutexGuard<'static, usize> {
    // Before any descriptor is redirected: the queue's thread keeps the current stderr.
    LazyLock::force(&STDERR);
    wait_for_panics();
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

fn take_stderr(real: File) -> io::Result<Option<File>> {
    if !may_wait(&real) {
        return Ok(None);
    }
    rustix::stdio::dup2_stderr(&pipe(&TO_STDERR, &STDERR)?.writer)?;
    Ok(Some(real))
}

impl Drop for Captured {
    fn drop(&mut self) {
        *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        // Without a reader, the last messages of the program stay in the pipe, where they block nothing.
        if !super::flush(FLUSH) {
            return;
        }
        if let Some(stderr) = &self.stderr {
            let _ = rustix::stdio::dup2_stderr(stderr);
        }
        if let Some(stdout) = &self.stdout {
            let _ = rustix::stdio::dup2_stdout(stdout);
        }
    }
}

fn may_wait(output: &File) -> bool {
    let is_file = output.metadata().is_ok_and(|metadata| metadata.is_file());
    !is_file && !output.is_terminal()
}

/// Returns true if all prints are in the queues.
pub(super) fn is_drained() -> bool {
    [&TO_STDERR, &TO_STDOUT].into_iter().all(|pipe| {
        pipe.get().is_none_or(|pipe| {
            // In this order: the thread is busy before bytes leave the pipe.
            let waiting = rustix::io::ioctl_fionread(&pipe.reader).unwrap_or_default();
            waiting == 0 && !pipe.busy.load(Ordering::SeqCst)
        })
    })
}

/// Returns the pipe of `place`, and creates it with its thread if necessary; the caller holds the lock of [`RUNNING`].
fn pipe(place: &'static OnceLock<Pipe>, queue: &'static Queue) -> io::Result<&'static Pipe> {
    if let Some(pipe) = place.get() {
        return Ok(pipe);
    }
    let (reader, writer) = io::pipe()?;
    let pipe = place.get_or_init(|| Pipe {
        writer,
        reader,
        queue,
        busy: AtomicBool::new(false),
    });
    thread::Builder::new()
        .name("mcp-printed".into())
        .spawn(|| drain(pipe))?;
    Ok(pipe)
}

/// Passes prints to the queue, line by line; never returns.
fn drain(pipe: &Pipe) {
    let (mut reader, mut text) = (&pipe.reader, Vec::new());
    let mut chunk = vec![0; CHUNK];
    loop {
        let patience = (!text.is_empty()).then_some(&PATIENCE);
        let mut ready = [PollFd::from_borrowed_fd(pipe.reader.as_fd(), PollFlags::IN)];
        match poll(&mut ready, patience) {
            Ok(0) => pass_on(pipe, &mut text, usize::MAX),
            Ok(_) => {
                pipe.busy.store(true, Ordering::SeqCst);
                let length = reader.read(&mut chunk).unwrap_or_default();
                text.extend_from_slice(&chunk[..length]);
                let lines = memchr::memrchr(b'\n', &text).map_or(0, |end| end + 1);
                pass_on(pipe, &mut text, lines);
                if text.len() > CHUNK {
                    pass_on(pipe, &mut text, usize::MAX);
                }
            }
            Err(_) => {}
        }
        pipe.busy.store(!text.is_empty(), Ordering::SeqCst);
    }
}

fn pass_on(pipe: &Pipe, text: &mut Vec<u8>, length: usize) {
    let length = length.min(text.len());
    pipe.queue.push(&text[..length]);
    text.drain(..length);
}

/// Lets a panic wait until it is printed: a second one may abort the process.
fn wait_for_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let told = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            told(panic);
            super::flush(Duration::from_millis(100));
        }));
    });
}
