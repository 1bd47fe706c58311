//! A running `probe`: its input, its lines, its end.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

/// Longer than any successful operation takes.
const PATIENCE: Duration = Duration::from_mins(1);

/// A `probe` that has not been started.
pub(crate) fn probe() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_probe"));
    for (name, _) in std::env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| name.starts_with("MCP_") || name.starts_with("OTEL_"))
        {
            command.env_remove(name);
        }
    }
    command.env_remove("NOTIFY_SOCKET");
    command.env("RUST_BACKTRACE", "0");
    command
}

/// Runs it to the end: exit code, stdout, stderr.
pub(crate) fn run(command: &mut Command) -> (Option<i32>, String, String) {
    run_with(command, Stdio::null())
}

pub(crate) fn run_with(command: &mut Command, stdin: Stdio) -> (Option<i32>, String, String) {
    let output = command.stdin(stdin).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// A folder for one test, removed at its end.
pub(crate) struct Folder(pub PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("mcp-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(fs::canonicalize(path).unwrap())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A running `probe`, killed when dropped.
pub(crate) struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
    /// A stderr that is not read.
    unread: Option<ChildStderr>,
}

impl Process {
    pub(crate) fn start(command: &mut Command) -> Self {
        let piped = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Self::adopt(piped.spawn().unwrap())
    }

    /// The same with a pipe as stderr that is not read.
    pub(crate) fn start_unread(command: &mut Command) -> Self {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = piped.stderr(Stdio::piped()).spawn().unwrap();
        let unread = child.stderr.take();
        let mut process = Self::adopt(child);
        process.unread = unread;
        process
    }

    /// A child that was started elsewhere.
    pub(crate) fn adopt(mut child: Child) -> Self {
        let silent = || mpsc::channel().1;
        Self {
            stdin: child.stdin.take(),
            stdout: child.stdout.take().map_or_else(silent, lines),
            stderr: child.stderr.take().map_or_else(silent, lines),
            child,
            unread: None,
        }
    }

    /// Begins to read a stderr that was not read before.
    pub(crate) fn read_stderr(&mut self) {
        self.stderr = lines(self.unread.take().unwrap());
    }

    /// Over stdio.
    pub(crate) fn stdio() -> Self {
        Self::start(&mut probe())
    }

    /// Writes one line to its input.
    pub(crate) fn send(&mut self, line: impl AsRef<str>) {
        self.write(&format!("{}\n", line.as_ref()));
    }

    /// Writes exactly this to its input.
    pub(crate) fn write(&mut self, text: &str) {
        self.stdin
            .as_mut()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
    }

    /// Takes its input, for another writer.
    pub(crate) fn take_stdin(&mut self) -> ChildStdin {
        self.stdin.take().unwrap()
    }

    /// Returns its input.
    pub(crate) fn give_stdin(&mut self, stdin: ChildStdin) {
        self.stdin = Some(stdin);
    }

    /// Ends its input.
    pub(crate) fn close(&mut self) {
        self.stdin = None;
    }

    /// The next line of its output, which is JSON; `None` at the end of output.
    #[track_caller]
    pub(crate) fn receive(&self) -> Option<Value> {
        let line = receive(&self.stdout)?;
        Some(serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}")))
    }

    /// Returns the next line of its stderr that contains `part`.
    #[track_caller]
    pub(crate) fn hears(&self, part: &str) -> String {
        loop {
            let line =
                receive(&self.stderr).unwrap_or_else(|| panic!("stderr ended without {part:?}"));
            if line.contains(part) {
                return line;
            }
        }
    }

    /// Returns the next line of its stderr; `None` at the end.
    #[track_caller]
    pub(crate) fn says(&self) -> Option<String> {
        receive(&self.stderr)
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    pub(crate) fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Waits for its end; returns its exit code, and the duration.
    #[track_caller]
    pub(crate) fn ends(&mut self) -> (Option<i32>, Duration) {
        let begun = Instant::now();
        let status: ExitStatus = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "still running after {PATIENCE:?}"
            );
            thread::sleep(Duration::from_millis(5));
        };
        (status.code(), begun.elapsed())
    }

    #[track_caller]
    pub(crate) fn assert_success(&mut self) {
        assert_eq!(self.ends().0, Some(0));
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(source: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(source).lines() {
            let Ok(line) = line else { return };
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

#[track_caller]
fn receive(lines: &Receiver<String>) -> Option<String> {
    match lines.recv_timeout(PATIENCE) {
        Ok(line) => Some(line),
        Err(RecvTimeoutError::Disconnected) => None,
        Err(RecvTimeoutError::Timeout) => panic!("nothing was said for {PATIENCE:?}"),
    }
}

/// A complete call of the current revision, with a progress token.
pub(crate) fn call(id: &str, tool: &str, arguments: Value) -> String {
    request(
        id,
        "tools/call",
        json!({ "name": tool, "arguments": arguments, "_meta": { "progressToken": id } }),
    )
}

/// A request of the current revision.
pub(crate) fn request(id: &str, method: &str, mut params: Value) -> String {
    params["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("2026-07-28");
    params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = json!({});
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string()
}
