//! The attacked process: its start, its figures and its end.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// A server in a separate process, killed when dropped.
pub(crate) struct Target {
    child: Child,
    /// Kept open as a pipe that nobody reads.
    _stderr: Option<ChildStderr>,
}

fn command() -> io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?.with_file_name("attacked"));
    command
        .env_remove("MCP_LOG_LEVEL")
        .env("RUST_BACKTRACE", "0");
    Ok(command)
}

/// A server over HTTP, and its address. Its stderr is read.
pub(crate) fn http() -> io::Result<(Target, SocketAddr)> {
    let mut child = command()?
        .args(["http", "--bind", "127.0.0.1:0"])
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let stderr = child.stderr.take().map(BufReader::new);
    let (found, address) = mpsc::channel();
    thread::spawn(move || {
        for line in stderr
            .into_iter()
            .flat_map(BufReader::lines)
            .map_while(Result::ok)
        {
            let url = line
                .split("http://")
                .nth(1)
                .and_then(|rest| rest.split('/').next());
            if let Some(Ok(address)) = url.map(str::parse::<SocketAddr>) {
                let _ = found.send(address);
            }
        }
    });
    let address = address
        .recv_timeout(Duration::from_secs(20))
        .map_err(io::Error::other)?;
    Ok((
        Target {
            child,
            _stderr: None,
        },
        address,
    ))
}

/// A server over stdio whose stderr nobody reads.
pub(crate) fn stdio() -> io::Result<(Target, Lines)> {
    let mut child = command()?
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let stderr = child.stderr.take();
    let lines = Lines::new(stdin, stdout).ok_or_else(|| io::Error::other("no pipes"))?;
    Ok((
        Target {
            child,
            _stderr: stderr,
        },
        lines,
    ))
}

/// The processor time of this process, in seconds.
pub(crate) fn own_cpu() -> f64 {
    cpu("self")
}

fn cpu(process: &str) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    ticks
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

impl Target {
    fn status(&self, key: &str) -> Option<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(key))?;
        line.trim_start_matches(':')
            .trim()
            .trim_end_matches(" kB")
            .parse()
            .ok()
    }

    /// Memory, in MiB.
    pub(crate) fn memory(&self) -> f64 {
        self.status("VmRSS").map_or(f64::NAN, |kib| kib / 1024.0)
    }

    /// The peak of memory, in MiB.
    pub(crate) fn peak(&self) -> f64 {
        self.status("VmHWM").map_or(f64::NAN, |kib| kib / 1024.0)
    }

    /// Processor time, in seconds.
    pub(crate) fn cpu(&self) -> f64 {
        cpu(&self.child.id().to_string())
    }

    pub(crate) fn signal(&self, signal: Signal) {
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, signal);
        }
    }

    /// The seconds until the process has ended; not a number if it has not within `most` seconds.
    pub(crate) fn end(&mut self, most: f64) -> f64 {
        let begun = Instant::now();
        while begun.elapsed().as_secs_f64() < most {
            if let Ok(Some(_)) = self.child.try_wait() {
                return begun.elapsed().as_secs_f64();
            }
            thread::sleep(Duration::from_millis(20));
        }
        f64::NAN
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Both ends of a line connection; a thread writes lines, so that a server that does not read blocks no test.
pub(crate) struct Lines {
    input: mpsc::Sender<String>,
    output: Receiver<Value>,
}

impl Lines {
    fn new(stdin: Option<std::process::ChildStdin>, stdout: Option<ChildStdout>) -> Option<Self> {
        let (mut stdin, stdout) = (stdin?, BufReader::new(stdout?));
        let (input, lines) = mpsc::channel::<String>();
        thread::spawn(move || {
            for line in lines {
                if writeln!(stdin, "{line}").is_err() {
                    return;
                }
            }
        });
        let (read, output) = mpsc::channel();
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let _ = read.send(serde_json::from_str(&line).unwrap_or_default());
            }
        });
        Some(Self { input, output })
    }

    pub(crate) fn send(&self, line: impl Into<String>) {
        let _ = self.input.send(line.into());
    }

    /// The next message; `None` if there is none within `seconds`.
    pub(crate) fn next(&self, seconds: f64) -> Option<Value> {
        self.output
            .recv_timeout(Duration::from_secs_f64(seconds))
            .ok()
    }

    /// The number of messages until there is none for `seconds`, at most `wanted`.
    pub(crate) fn count(&self, wanted: usize, seconds: f64) -> usize {
        (0..wanted)
            .take_while(|_| self.next(seconds).is_some())
            .count()
    }
}
