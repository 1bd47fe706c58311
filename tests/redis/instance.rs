//! Instances of one server, each in a separate process, and requests to them.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::server::signal_process;

/// The keys of the callers of an instance with authentication.
pub(crate) const ANN: &str = "3f9c5a7e1b2d4f6081a3c5e7";
pub(crate) const BOB: &str = "0b1c2d3e4f5061728394a5b6";

/// The value of `INSTANCE_KEYS` with both keys.
pub(crate) fn keys() -> String {
    format!("ann:{ANN},bob:{BOB}")
}

/// An instance, killed when dropped.
pub(crate) struct Instance {
    pub process: Child,
    pub address: String,
}

/// A response: its status and its body.
pub(crate) type Answer = (u16, String);

impl Instance {
    /// Starts an instance that shares `redis`, or nothing if it is empty.
    pub(crate) fn start(redis: &str) -> Self {
        Self::try_start(redis).unwrap_or_else(|text| panic!("it did not start: {text}"))
    }

    /// Starts an instance with further variables.
    pub(crate) fn with(redis: &str, variables: &[(&str, &str)]) -> Self {
        Self::spawn(redis, variables).unwrap_or_else(|text| panic!("it did not start: {text}"))
    }

    /// The same as `start`; an error is the stderr of a process that has ended.
    pub(crate) fn try_start(redis: &str) -> Result<Self, String> {
        Self::spawn(redis, &[])
    }

    fn spawn(redis: &str, variables: &[(&str, &str)]) -> Result<Self, String> {
        let mut process = Command::new(env!("CARGO_BIN_EXE_instance"))
            .env("INSTANCE_REDIS", redis)
            .envs(variables.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let mut text = String::new();
        while let Some(Ok(line)) = lines.next() {
            if let Some(rest) = line.strip_prefix("listening on http://") {
                let address = rest.split('/').next().unwrap().to_owned();
                // Further output is read and dropped, so that it never blocks.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(Self { process, address });
            }
            text += &line;
            text.push('\n');
        }
        process.wait().unwrap();
        Err(text)
    }

    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    pub(crate) fn signal(&self, signal: Signal) {
        signal_process(&self.process, signal);
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let head = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
            self.address
        );
        exchange(&self.address, head.into_bytes()).await
    }

    /// Posts a message with further headers.
    pub(crate) async fn post(&self, headers: &[(&str, &str)], body: &Value) -> Answer {
        exchange(&self.address, self.request(headers, body)).await
    }

    pub(crate) fn request(&self, headers: &[(&str, &str)], body: &Value) -> Vec<u8> {
        let body = body.to_string();
        let mut head = format!(
            "POST /mcp HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-type: application/json\r\n\
             accept: application/json, text/event-stream\r\ncontent-length: {}\r\n",
            self.address,
            body.len()
        );
        for (name, value) in headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        format!("{head}\r\n{body}").into_bytes()
    }

    /// Sends a request of the current revision; returns the response message.
    pub(crate) async fn modern(&self, method: &str, params: Value) -> Value {
        let (headers, body) = modern(method, params);
        let headers: Vec<_> = headers.iter().map(|(a, b)| (*a, &**b)).collect();
        let (_, answer) = self.post(&headers, &body).await;
        message(&answer)
    }

    /// Calls a tool; returns the response message.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Value {
        let params = json!({ "name": tool, "arguments": arguments });
        self.modern("tools/call", params).await
    }

    /// Calls a tool `times` times; returns the number of admitted calls.
    pub(crate) async fn admitted(&self, tool: &str, times: usize) -> usize {
        let mut admitted = 0;
        for _ in 0..times {
            let answer = self.call(tool, json!({})).await;
            let refused = answer["result"]["isError"] == true || answer.get("error").is_some();
            admitted += usize::from(!refused);
        }
        admitted
    }

    /// The value of a series.
    pub(crate) async fn metric(&self, series: &str) -> f64 {
        let (_, text) = self.get("/metrics").await;
        let line = text.lines().find_map(|line| line.strip_prefix(series));
        let line = line.unwrap_or_else(|| panic!("no {series} in {text}"));
        line.trim().parse().unwrap()
    }

    /// Waits until a series has a value.
    pub(crate) async fn until(&self, series: &str, value: f64, most: Duration) -> Duration {
        let begun = Instant::now();
        loop {
            let now = self.metric(series).await;
            if (now - value).abs() < f64::EPSILON {
                return begun.elapsed();
            }
            assert!(
                begun.elapsed() < most,
                "{series} is {now}, not {value}, after {most:?}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// The headers and the message of a request of the current revision, by a client that supports tasks.
pub(crate) fn modern(method: &str, mut params: Value) -> (Vec<(&'static str, String)>, Value) {
    let version = mcp_runtime::Version::LATEST.as_str();
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": version,
        "io.modelcontextprotocol/clientCapabilities": {
            "elicitation": { "form": {} },
            "extensions": { "io.modelcontextprotocol/tasks": {} },
        },
    });
    let mut headers = vec![
        ("mcp-protocol-version", version.to_owned()),
        ("mcp-method", method.to_owned()),
    ];
    let name = params["name"].as_str().or(params["taskId"].as_str());
    let name = name.or(params["uri"].as_str());
    if let Some(name) = name {
        headers.push(("mcp-name", name.to_owned()));
    }
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    (headers, body)
}

/// The last JSON message of a body, which may be an event stream.
pub(crate) fn message(body: &str) -> Value {
    if let Ok(message) = serde_json::from_str(body) {
        return message;
    }
    let data = body.lines().filter_map(|line| line.strip_prefix("data:"));
    let mut messages = data.filter_map(|text| serde_json::from_str::<Value>(text.trim()).ok());
    messages
        .next_back()
        .unwrap_or_else(|| panic!("no message: {body}"))
}

async fn exchange(address: &str, request: Vec<u8>) -> Answer {
    let exchanged = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(&request).await.unwrap();
        let mut reply = Vec::new();
        // A killed instance resets the connection.
        let _ = stream.read_to_end(&mut reply).await;
        let reply = String::from_utf8_lossy(&reply).into_owned();
        let Some((head, body)) = reply.split_once("\r\n\r\n") else {
            return (0, reply);
        };
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let body = if head
            .to_ascii_lowercase()
            .contains("transfer-encoding: chunked")
        {
            dechunked(body)
        } else {
            body.to_owned()
        };
        (status, body)
    };
    let ended = tokio::time::timeout(Duration::from_secs(90), exchanged).await;
    ended.expect("no answer within 90 s")
}

pub(crate) fn dechunked(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((length, rest)) = body.split_once("\r\n") {
        let length = usize::from_str_radix(length.trim(), 16).unwrap_or_default();
        if length == 0 || rest.len() < length {
            break;
        }
        whole += &rest[..length];
        body = rest[length..].trim_start_matches("\r\n");
    }
    whole
}

/// An event stream that is read while it is open.
pub(crate) struct Events {
    stream: TcpStream,
    text: String,
    /// The head of the response, once received.
    head: String,
}

impl Events {
    pub(crate) async fn open(instance: &Instance, request: Vec<u8>) -> Self {
        let mut stream = TcpStream::connect(&instance.address).await.unwrap();
        stream.write_all(&request).await.unwrap();
        let mut events = Self {
            stream,
            text: String::new(),
            head: String::new(),
        };
        while events.head.is_empty() {
            assert!(events.more().await, "the stream has ended: {}", events.text);
            if let Some((head, rest)) = events.text.split_once("\r\n\r\n") {
                (events.head, events.text) = (head.to_owned(), rest.to_owned());
            }
        }
        events
    }

    async fn more(&mut self) -> bool {
        let mut buffer = [0; 4096];
        let read = tokio::time::timeout(Duration::from_mins(1), self.stream.read(&mut buffer));
        let length = read.await.expect("no event within 60 s").unwrap_or(0);
        self.text += &String::from_utf8_lossy(&buffer[..length]);
        length > 0
    }

    /// Waits for a line with a text on the stream, as a whole.
    pub(crate) async fn until(&mut self, text: &str) {
        let is_whole = |line: &str| line.ends_with('\n') && line.contains(text);
        while !self.text.split_inclusive('\n').any(is_whole) {
            assert!(self.more().await, "the stream has ended: {}", self.text);
        }
    }

    /// Returns a header of the response, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut values = lines.filter(|(it, _)| it.eq_ignore_ascii_case(name));
        values.next().map(|(_, value)| value)
    }

    /// Returns the status of the response.
    pub(crate) fn status(&self) -> u16 {
        self.head.split(' ').nth(1).unwrap().parse().unwrap()
    }

    /// Reads to the end of the stream.
    pub(crate) async fn ended(&mut self) -> &str {
        while self.more().await {}
        &self.text
    }

    pub(crate) fn has(&self, text: &str) -> bool {
        self.text.contains(text)
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // It may have exited already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
