//! A separate `redis-server` for each test.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// The program to start, unless `REDIS_SERVER` names another one.
pub(crate) const REDIS: &str = "redis-server";

/// The working directory of servers.
const FOLDER: &str = "/tmp";

/// A folder for the files of a test, removed when dropped.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let name = format!("redis-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The rest is in the folder for temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A Redis on a separate port, killed when dropped.
pub(crate) struct Redis {
    pub(crate) port: u16,
    process: Child,
    program: String,
    arguments: Vec<String>,
}

pub(crate) fn program() -> String {
    std::env::var("REDIS_SERVER").unwrap_or_else(|_| REDIS.to_owned())
}

/// Waits until a condition is true.
pub(crate) fn wait_until(what: &str, mut is_true: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_true() {
        assert!(begun.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Returns a free port that was not returned before, below those that the system assigns to connections.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let process = u16::try_from(std::process::id() % 180).unwrap();
    loop {
        let port = 12_000 + process * 100 + NEXT.fetch_add(1, Ordering::Relaxed) % 2_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// The file that a replica, or the primary of one, writes. Valkey's cannot be read by Redis.
fn data(port: u16) -> String {
    format!("{port}.rdb")
}

fn remove_data(port: u16) {
    // Most servers have not written one.
    let _ = std::fs::remove_file(Path::new(FOLDER).join(data(port)));
}

fn spawn(program: &str, port: u16, arguments: &[String]) -> Child {
    // A file of settings comes first.
    let files = usize::from(arguments.first().is_some_and(|it| !it.starts_with("--")));
    let (files, arguments) = arguments.split_at(files);
    remove_data(port);
    let process = Command::new(program)
        .args(files)
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .args(["--dbfilename", &data(port)])
        .args(["--save", "", "--appendonly", "no", "--dir", FOLDER])
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(10), "{program}");
        std::thread::sleep(Duration::from_millis(10));
    }
    process
}

impl Redis {
    pub(crate) fn start() -> Self {
        Self::with(&[])
    }

    pub(crate) fn with(arguments: &[&str]) -> Self {
        Self::of(&program(), arguments)
    }

    /// Starts a program, such as one that is built with TLS.
    pub(crate) fn of(program: &str, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|it| (*it).to_owned()).collect();
        Self::new(program, arguments)
    }

    /// Starts a program with a file of settings, which it may write to.
    pub(crate) fn configured(program: &str, file: &Path, arguments: &[&str]) -> Self {
        let file = file.display().to_string();
        let arguments = arguments.iter().map(|it| (*it).to_owned());
        Self::new(program, std::iter::once(file).chain(arguments).collect())
    }

    fn new(program: &str, arguments: Vec<String>) -> Self {
        let port = free_port();
        Self {
            port,
            process: spawn(program, port, &arguments),
            program: program.to_owned(),
            arguments,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Sends a command on a separate connection; returns its raw reply, empty if the server is not running.
    pub(crate) fn command(&self, words: &[&str]) -> String {
        self.commands(&[&words.join(" ")])
    }

    /// Sends commands on one connection; the reply to the last.
    pub(crate) fn commands(&self, lines: &[&str]) -> String {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else {
            return String::new();
        };
        stream
            .set_read_timeout(Some(Duration::from_secs(5)))
            .unwrap();
        let mut reply = vec![0; 1 << 16];
        let mut length = 0;
        for line in lines {
            if stream.write_all(format!("{line}\r\n").as_bytes()).is_err() {
                return String::new();
            }
            length = stream.read(&mut reply).unwrap_or(0);
        }
        String::from_utf8_lossy(&reply[..length]).into_owned()
    }

    /// Sends a command whose reply nobody waits for; it runs while the connection is open.
    pub(crate) fn begin(&self, command: &str) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream
            .write_all(format!("{command}\r\n").as_bytes())
            .unwrap();
        stream
    }

    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts it again at the same place, without its data.
    pub(crate) fn restart(&mut self) {
        self.process = spawn(&self.program, self.port, &self.arguments);
    }

    pub(crate) fn signal(&self, signal: Signal) {
        signal_process(&self.process, signal);
    }
}

pub(crate) fn signal_process(process: &Child, signal: Signal) {
    let id = i32::try_from(process.id()).unwrap();
    kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
}

impl Drop for Redis {
    fn drop(&mut self) {
        // It may have exited already.
        let _ = self.process.kill();
        let _ = self.process.wait();
        remove_data(self.port);
    }
}
