//! stdio: the process' own stdin and stdout, on two plain threads that read and write in batches.
//!
//! Invariant: stdout carries protocol messages and nothing else: on Unix the real one is kept private and file
//! descriptor 1 is pointed at stderr, so that whatever a tool or a library prints lands there.

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::thread;

use bytes::{Bytes, BytesMut};
use tokio::sync::mpsc;

use super::lines::{self, Input};
use crate::service::Service;

/// How much is read at a time.
const CHUNK: usize = 64 * 1024;
/// Batches that may wait between a thread and the server.
const WAITING: usize = 64;

/// Serves the process' stdin and stdout until stdin ends or the server has shut down.
pub(crate) async fn serve(service: Arc<Service>) -> io::Result<()> {
    let most = service.settings.max_body;
    let stdout = take_stdout()?;
    let (lines_in, lines_out) = mpsc::channel(WAITING);
    let (text_in, text_out) = mpsc::channel(WAITING);
    thread::Builder::new().name("mcp-stdin".into()).spawn(move || read(io::stdin(), most, &lines_in))?;
    let writer = thread::Builder::new().name("mcp-stdout".into()).spawn(move || write(stdout, text_out))?;
    lines::serve(service, lines_out, text_in).await;
    // The writer ends once everything is written, or when nobody reads; neither takes long.
    tokio::task::spawn_blocking(move || writer.join()).await.ok();
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

/// Reads lines until the end of input; a line over `most` bytes is passed on cut, which makes it a parse error.
fn read(mut input: impl Read, most: usize, lines: &mpsc::Sender<Input>) {
    let mut splitter = Splitter { rest: BytesMut::new(), most, skipping: false };
    let mut chunk = vec![0; CHUNK];
    loop {
        let batch = match input.read(&mut chunk) {
            Ok(0) => break,
            Ok(length) => splitter.push(&chunk[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                tracing::warn!(%error, "stdin cannot be read any more");
                break;
            }
        };
        if !batch.is_empty() && lines.blocking_send(Input::Lines(batch)).is_err() {
            return;
        }
    }
    let last = splitter.finish();
    if !last.is_empty() {
        let _ = lines.blocking_send(Input::Lines(last));
    }
}

/// Writes what comes until nothing more can come.
fn write(mut output: impl Write, mut text: mpsc::Receiver<Vec<u8>>) {
    while let Some(mut batch) = text.blocking_recv() {
        while batch.len() < CHUNK
            && let Ok(more) = text.try_recv()
        {
            batch.extend_from_slice(&more);
        }
        if let Err(error) = output.write_all(&batch).and_then(|()| output.flush()) {
            tracing::debug!(%error, "stdout is closed");
            return;
        }
    }
}

/// Cuts a stream into lines.
struct Splitter {
    rest: BytesMut,
    most: usize,
    /// Whether the rest of an overlong line is being thrown away.
    skipping: bool,
}

impl Splitter {
    fn push(&mut self, chunk: &[u8]) -> Vec<Bytes> {
        let mut lines = Vec::new();
        let mut rest = chunk;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            self.append(&rest[..end]);
            rest = &rest[end + 1..];
            self.take(&mut lines);
            self.skipping = false;
        }
        self.append(rest);
        lines
    }

    fn append(&mut self, part: &[u8]) {
        if self.skipping {
            return;
        }
        let room = self.most.saturating_sub(self.rest.len());
        self.rest.extend_from_slice(&part[..part.len().min(room)]);
        self.skipping = part.len() > room;
    }

    fn take(&mut self, lines: &mut Vec<Bytes>) {
        let line = self.rest.split().freeze();
        if self.skipping {
            tracing::warn!(most = self.most, "a line is longer than allowed; it was not read");
        }
        if !line.trim_ascii().is_empty() {
            lines.push(line);
        }
    }

    fn finish(mut self) -> Vec<Bytes> {
        let mut lines = Vec::new();
        self.take(&mut lines);
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_wherever_the_chunks_end() {
        let mut splitter = Splitter { rest: BytesMut::new(), most: 8, skipping: false };
        assert_eq!(splitter.push(b"ab"), Vec::<Bytes>::new());
        assert_eq!(splitter.push(b"c\r\n\n  \nd"), [Bytes::from_static(b"abc\r")]);
        assert_eq!(splitter.push(b"efghijklmnop\nq\n"), [Bytes::from_static(b"defghijk"), Bytes::from_static(b"q")]);
        assert_eq!(splitter.push(b"last"), Vec::<Bytes>::new());
        assert_eq!(splitter.finish(), [Bytes::from_static(b"last")]);
    }
}
