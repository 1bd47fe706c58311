//! stdio: the process' own stdin and stdout, on plain threads that read and write in batches.
//!
//! Invariant: stdout carries protocol messages and nothing else: on Unix the real one is kept private and file
//! descriptor 1 is pointed at stderr, so that whatever a tool or a library prints lands there.

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use bytes::{Bytes, BytesMut};
use tokio::runtime::Handle;
use tokio::sync::{Notify, oneshot};

use super::lines::Peer;
use crate::handler::Principal;
use crate::handler::input::outbox::Output;
use crate::service::Service;

/// The size of one read in bytes.
const CHUNK: usize = 64 * 1024;
/// The maximum number of unwritten bytes; notifications beyond it are dropped.
const BACKLOG: usize = 1024 * 1024;

/// Serves the process' stdin and stdout until stdin ends, stdout is closed, or the server shuts down.
pub(crate) async fn serve(service: Arc<Service>) -> io::Result<()> {
    let (most, drain) = (service.settings.max_body, service.drain.clone());
    let output = Arc::new(Stdout::new(take_stdout()?));
    let peer = Peer::new(service, Arc::clone(&output) as Arc<dyn Output>);
    let (ended, end) = oneshot::channel();
    {
        let (peer, output, runtime) = (peer.clone(), Arc::clone(&output), Handle::current());
        thread::Builder::new()
            .name("mcp-stdin".into())
            .spawn(move || {
                read(io::stdin(), most, &peer, &output, &runtime);
                let _ = ended.send(());
            })?;
    }
    let (writing, written) = oneshot::channel();
    {
        let output = Arc::clone(&output);
        thread::Builder::new()
            .name("mcp-stdout".into())
            .spawn(move || {
                output.write_behind();
                let _ = writing.send(());
            })?;
    }
    tokio::select! {
        _ = end => peer.end_of_input(),
        () = output.gone.notified() => {}
        () = drain.begun() => {}
    }
    // Streams end, and what is in flight has until the deadline.
    drain.begin();
    peer.idle().await;
    output.close();
    // Not joined: a client that reads nothing would hold the thread, and with it the end of the process.
    let _ = written.await;
    Ok(())
}

/// The real stdout; from now on file descriptor 1 is stderr.
#[cfg(unix)]
fn take_stdout() -> io::Result<File> {
    let real = rustix::io::dup(io::stdout())?;
    rustix::stdio::dup2_stdout(io::stderr())?;
    Ok(File::from(real))
}

/// Elsewhere stdout is shared, and what a tool prints would reach the client.
#[cfg(not(unix))]
fn take_stdout() -> io::Result<io::Stdout> {
    Ok(io::stdout())
}

#[cfg(unix)]
type Real = File;
#[cfg(not(unix))]
type Real = io::Stdout;

/// Reads and carries out lines until the end of input.
fn read(mut input: impl Read, most: usize, peer: &Peer, output: &Stdout, runtime: &Handle) {
    // What a call spawns, and the clock it waits on, belong to the server's runtime.
    let _entered = runtime.enter();
    let mut splitter = Splitter {
        rest: BytesMut::new(),
        most,
    };
    let mut chunk = vec![0; CHUNK];
    loop {
        let lines = match input.read(&mut chunk) {
            Ok(0) => break,
            Ok(length) => splitter.push(&chunk[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                tracing::warn!(%error, "stdin cannot be read any more");
                break;
            }
        };
        carry_out(&lines, peer, output, runtime);
    }
    carry_out(&splitter.finish(), peer, output, runtime);
}

fn carry_out(lines: &[Bytes], peer: &Peer, output: &Stdout, runtime: &Handle) {
    let _receiving = peer.receiving();
    let mut answers = Vec::new();
    for line in lines {
        if !peer.has_room() {
            runtime.block_on(peer.room());
        }
        peer.receive(line, &Principal::anonymous(), &mut answers);
        if answers.len() >= CHUNK {
            output.write_now(&mut answers);
        }
    }
    output.write_now(&mut answers);
}

/// stdout, and the text to be written to it. Only code that may block writes, one writer at a time.
struct Stdout {
    file: Mutex<Real>,
    pending: Mutex<Pending>,
    /// There is something to write, or the end.
    work: Condvar,
    /// Notified when stdout is closed.
    gone: Notify,
}

#[derive(Default)]
struct Pending {
    text: Vec<u8>,
    writing: bool,
    closed: bool,
}

impl Output for Stdout {
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
    fn new(file: Real) -> Self {
        Self {
            file: Mutex::new(file),
            pending: Mutex::default(),
            work: Condvar::new(),
            gone: Notify::new(),
        }
    }

    /// Writes `text`, after what waits, on the calling thread; or leaves it to the one that is writing.
    fn write_now(&self, text: &mut Vec<u8>) {
        if !text.is_empty() {
            self.lock().text.append(text);
            self.flush();
        }
    }

    /// Writes what waits whenever there is something, until the end.
    fn write_behind(&self) {
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

    fn close(&self) {
        self.lock().closed = true;
        self.work.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Cuts a stream into lines, without copying them.
struct Splitter {
    /// The beginning of a line; of one that is too long, one byte more than is allowed.
    rest: BytesMut,
    most: usize,
}

impl Splitter {
    fn push(&mut self, chunk: &[u8]) -> Vec<Bytes> {
        let mut lines = Vec::new();
        let mut searched = self.rest.len();
        self.rest.extend_from_slice(chunk);
        while let Some(end) = memchr::memchr(b'\n', &self.rest[searched..]) {
            let line = self.rest.split_to(searched + end + 1).freeze();
            self.take(line.slice(..line.len() - 1), &mut lines);
            searched = 0;
        }
        self.rest.truncate(self.most.saturating_add(1));
        lines
    }

    fn take(&self, mut line: Bytes, lines: &mut Vec<Bytes>) {
        if line.len() > self.most {
            tracing::warn!(
                most = self.most,
                "a line is longer than allowed; it was not read"
            );
            line.truncate(self.most);
        }
        if !line.trim_ascii().is_empty() {
            lines.push(line);
        }
    }

    fn finish(mut self) -> Vec<Bytes> {
        let mut lines = Vec::new();
        let last = self.rest.split().freeze();
        self.take(last, &mut lines);
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_wherever_the_chunks_end() {
        let mut splitter = Splitter {
            rest: BytesMut::new(),
            most: 8,
        };
        assert_eq!(splitter.push(b"ab"), Vec::<Bytes>::new());
        assert_eq!(
            splitter.push(b"c\r\n\n  \nd"),
            [Bytes::from_static(b"abc\r")]
        );
        assert_eq!(
            splitter.push(b"efghijklmnop\nq\n"),
            [Bytes::from_static(b"defghijk"), Bytes::from_static(b"q")]
        );
        assert_eq!(splitter.push(b"last"), Vec::<Bytes>::new());
        assert_eq!(splitter.finish(), [Bytes::from_static(b"last")]);
    }
}
