//! HTTP to a real process, over plain TCP.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::child::{Process, call, probe, request};

/// A listening `probe`.
pub(crate) struct Listening {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
}

impl Listening {
    pub(crate) fn start() -> Self {
        Self::with(&mut probe())
    }

    pub(crate) fn with(command: &mut Command) -> Self {
        Self::with_flags(command, &[])
    }

    pub(crate) fn with_flags(command: &mut Command, flags: &[&str]) -> Self {
        let command = command.args(["http", "--bind", "127.0.0.1:0"]).args(flags);
        Self::told(Process::start(command), "http")
    }

    /// With a certificate.
    pub(crate) fn secured(command: &mut Command) -> Self {
        let command = command.args(["http", "--bind", "127.0.0.1:0"]);
        Self::told(Process::start(command), "https")
    }

    fn told(process: Process, scheme: &str) -> Self {
        let before = format!("listening on {scheme}://");
        let line = process.hears(&before);
        let address = line
            .trim_start_matches(&before)
            .trim_end_matches("/mcp")
            .parse()
            .unwrap();
        Self { process, address }
    }

    /// On a port that was free a moment ago, for a process that does not print its address; `start` takes the
    /// arguments of its command line.
    pub(crate) fn unheard(start: impl FnOnce(&[&str]) -> Process) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let process = start(&["http", "--bind", &address.to_string()]);
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(
                begun.elapsed() < Duration::from_mins(1),
                "it does not listen"
            );
            thread::sleep(Duration::from_millis(5));
        }
        Self { process, address }
    }

    pub(crate) fn connect(&self) -> Connection {
        Connection::to(self.address)
    }

    /// Opens a legacy session; returns its id.
    pub(crate) fn initialize(&self) -> String {
        Self::initialize_at(self.address)
    }

    /// Requests a legacy session; returns the status and the body of the response.
    pub(crate) fn try_initialize(&self) -> (u16, String) {
        let mut connection = self.connect();
        connection.initialize();
        connection.answer()
    }

    /// The same for any server that listens there.
    pub(crate) fn initialize_at(address: SocketAddr) -> String {
        let mut connection = Connection::to(address);
        connection.initialize();
        let head = connection.head();
        assert_eq!(head.status, 200);
        head.header("mcp-session-id").to_owned()
    }
}

/// One connection.
pub(crate) struct Connection(BufReader<TcpStream>);

/// The head of a response, header names in lower case.
pub(crate) struct Head {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
}

impl Head {
    pub(crate) fn header(&self, name: &str) -> &str {
        &self
            .headers
            .iter()
            .find(|(known, _)| known == name)
            .unwrap()
            .1
    }
}

impl Connection {
    pub(crate) fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        // Only a failing test waits that long.
        let patience = Some(Duration::from_mins(1));
        stream.set_read_timeout(patience).unwrap();
        Self(BufReader::new(stream))
    }

    fn write(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) {
        let mut text = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n",
            body.len()
        );
        for (name, value) in headers {
            write!(text, "{name}: {value}\r\n").unwrap();
        }
        text.push_str("\r\n");
        text.push_str(body);
        self.0.get_mut().write_all(text.as_bytes()).unwrap();
    }

    pub(crate) fn get(&mut self, path: &str, headers: &[(&str, &str)]) {
        self.write("GET", path, headers, "");
    }

    pub(crate) fn post(&mut self, headers: &[(&str, &str)], body: &str) {
        let all = [
            &[
                ("content-type", "application/json"),
                ("accept", "application/json, text/event-stream"),
            ],
            headers,
        ];
        self.write("POST", "/mcp", &all.concat(), body);
    }

    fn initialize(&mut self) {
        let params = json!({ "protocolVersion": "2025-11-25", "capabilities": {} });
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params });
        self.post(&[], &body.to_string());
    }

    /// A modern request with the headers that mirror it.
    pub(crate) fn send(&mut self, body: &str) {
        let message: Value = serde_json::from_str(body).unwrap();
        let method = message["method"].as_str().unwrap();
        let name = message["params"]["name"].as_str().unwrap_or_default();
        self.post(
            &[
                ("mcp-protocol-version", "2026-07-28"),
                ("mcp-method", method),
                ("mcp-name", name),
            ],
            body,
        );
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let length = self.0.read_line(&mut line).unwrap();
        (length > 0).then(|| line.trim_end().to_owned())
    }

    pub(crate) fn head(&mut self) -> Head {
        let status = self.line().unwrap();
        let status = status.split(' ').nth(1).unwrap().parse().unwrap();
        let mut headers = Vec::new();
        while let Some((name, value)) = self.line().unwrap().split_once(": ") {
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        Head { status, headers }
    }

    /// Returns a whole response with its length in its head.
    pub(crate) fn answer(&mut self) -> (u16, String) {
        let head = self.head();
        let body = self.body(&head);
        (head.status, body)
    }

    /// Returns the body after this head.
    pub(crate) fn body(&mut self, head: &Head) -> String {
        let mut body = vec![0; head.header("content-length").parse().unwrap()];
        self.0.read_exact(&mut body).unwrap();
        String::from_utf8(body).unwrap()
    }

    /// A modern `tools/list`.
    pub(crate) fn list(&mut self) {
        let headers = [
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", "tools/list"),
        ];
        self.post(&headers, &request("list", "tools/list", json!({})));
    }

    /// Returns the next message of an event stream; `None` at its end, which must be a proper one.
    pub(crate) fn event(&mut self) -> Option<Value> {
        loop {
            let line = self
                .line()
                .expect("the stream ends with its last chunk, not by breaking off");
            if let Some(data) = line.strip_prefix("data: ") {
                return Some(serde_json::from_str(data).unwrap());
            }
            if line == "0" {
                return None;
            }
        }
    }

    /// Returns whether the server responds to the liveness probe within `patience`.
    pub(crate) fn answers_within(mut self, patience: Duration) -> bool {
        self.0.get_ref().set_read_timeout(Some(patience)).unwrap();
        self.get("/healthz", &[]);
        self.0.fill_buf().is_ok()
    }

    /// Returns whether the server has closed the connection, after reading the rest.
    pub(crate) fn is_closed(&mut self) -> bool {
        let mut rest = Vec::new();
        self.0.read_to_end(&mut rest).unwrap();
        rest.iter().all(u8::is_ascii_whitespace)
    }
}

#[test]
fn it_prints_its_address_and_serves_there() {
    let server = Listening::start();
    assert_ne!(server.address.port(), 0);
    let mut connection = server.connect();
    connection.send(&call("1", "add", json!({ "a": 1, "b": 2 })));
    let (status, body) = connection.answer();
    assert_eq!(status, 200);
    assert!(body.contains(r#""text":"3""#), "{body}");
}

#[test]
fn one_connection_serves_many_requests() {
    let server = Listening::start();
    let mut connection = server.connect();
    for id in ["1", "2", "3"] {
        connection.send(&request(id, "tools/list", json!({})));
        assert!(connection.answer().1.contains(&format!(r#""id":"{id}""#)));
    }
    connection.get("/metrics", &[]);
    let (_, metrics) = connection.answer();
    assert!(metrics.contains("mcp_active_connections 1\n"), "{metrics}");
}

#[test]
fn a_lost_connection_cancels_its_modern_call() {
    let server = Listening::start();
    let mut connection = server.connect();
    connection.send(&call("1", "stuck", json!({})));
    assert_eq!(connection.head().status, 200);
    assert_eq!(
        connection.event().unwrap()["method"],
        "notifications/progress"
    );
    drop(connection);
    // Its end waits for no call: the one that never ends was dropped.
    let mut process = server.process;
    process.terminate();
    let (code, took) = process.ends();
    assert_eq!(code, Some(0));
    assert!(
        took < Duration::from_secs(20),
        "the deadline of 30 s had to cancel it"
    );
}

#[test]
#[cfg(unix)]
fn few_descriptors_leave_some_for_other_uses() {
    let shell = format!("ulimit -n 64; exec {} \"$@\"", env!("CARGO_BIN_EXE_probe"));
    let command = probe();
    let mut limited = Command::new("sh");
    limited.args(["-c", &shell, "probe"]).env_clear();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            limited.env(name, value);
        }
    }
    limited.env("MCP_LIMITS_IDLE_TIMEOUT", "2s");
    let mut server = Listening::with(&mut limited);
    drop(command);
    let silent: Vec<_> = (0..40)
        .map(|_| TcpStream::connect(server.address).unwrap())
        .collect();
    let mut refused = 0;
    for mut stream in &silent {
        stream
            .set_read_timeout(Some(Duration::from_mins(1)))
            .unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        refused += usize::from(answer.starts_with(b"HTTP/1.1 503"));
    }
    assert_eq!(refused, 8, "32 are let in, and closed as they say nothing");
    let mut connection = server.connect();
    connection.get("/healthz", &[]);
    assert_eq!(connection.head().status, 200);
    server.process.terminate();
    assert_eq!(server.process.ends().0, Some(0));
}
