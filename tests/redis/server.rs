//! A separate `redis-server` for each test.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// The program to start, unless `REDIS_SERVER` names another one.
pub(crate) const REDIS: &str = "redis-server";

/// A Redis on a separate port, killed when dropped.
pub(crate) struct Redis {
    port: u16,
    process: Child,
    program: String,
    arguments: Vec<String>,
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn spawn(program: &str, port: u16, arguments: &[String]) -> Child {
    let process = Command::new(program)
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .args(["--save", "", "--appendonly", "no", "--dir", "/tmp"])
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
        let program = std::env::var("REDIS_SERVER");
        Self::of(program.as_deref().unwrap_or(REDIS), arguments)
    }

    /// Starts a program, such as one that is built with TLS.
    pub(crate) fn of(program: &str, arguments: &[&str]) -> Self {
        let port = free_port();
        let arguments: Vec<String> = arguments.iter().map(|it| (*it).to_owned()).collect();
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

    /// Sends a command on a separate connection; returns its raw reply.
    pub(crate) fn command(&self, words: &[&str]) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(5)))
            .unwrap();
        let line = words.join(" ");
        stream.write_all(format!("{line}\r\n").as_bytes()).unwrap();
        let mut reply = vec![0; 1 << 16];
        let length = stream.read(&mut reply).unwrap();
        String::from_utf8_lossy(&reply[..length]).into_owned()
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
    }
}
