//! Messages as a client writes them, over plain sockets.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

/// Longer than any response of a working server takes.
const PATIENCE: Duration = Duration::from_secs(15);

/// The parts of a response that the attacks check.
#[derive(Debug, Default)]
pub(crate) struct Response {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Response {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(':'));
        let (_, value) = lines.find(|(found, _)| found.eq_ignore_ascii_case(name))?;
        Some(value.trim())
    }

    /// The text of a tool's result, or the message of an error.
    pub(crate) fn text(&self) -> String {
        let json = self.json();
        let text = json["result"]["content"][0]["text"].as_str();
        text.or(json["error"]["message"].as_str())
            .unwrap_or_default()
            .to_owned()
    }
}

/// A modern request.
pub(crate) fn modern(
    id: impl Into<Value>,
    method: &str,
    mut params: Value,
    capabilities: Value,
) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": capabilities,
    });
    json!({ "jsonrpc": "2.0", "id": id.into(), "method": method, "params": params })
}

/// A modern call of a tool.
pub(crate) fn call(tool: &str, arguments: Value) -> Value {
    modern(
        1,
        "tools/call",
        json!({ "name": tool, "arguments": arguments }),
        json!({ "elicitation": {} }),
    )
}

/// A legacy request.
pub(crate) fn legacy(id: impl Into<Value>, method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id.into(), "method": method, "params": params })
}

pub(crate) fn initialize(version: &str) -> Value {
    let params = json!({
        "protocolVersion": version, "capabilities": {}, "clientInfo": { "name": "attack", "version": "1" },
    });
    legacy(0, "initialize", params)
}

/// The head of a POST with `length` bytes of body.
pub(crate) fn head(length: usize, headers: &[(&str, &str)]) -> String {
    let mut head = format!(
        "POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         accept: application/json, text/event-stream\r\nconnection: close\r\ncontent-length: {length}\r\n"
    );
    for (name, value) in headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head + "\r\n"
}

/// Opens a connection and writes `text`.
pub(crate) fn open(address: SocketAddr, text: &[u8]) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(text)?;
    Ok(stream)
}

/// Sends a message with the headers of its revision, and reads the whole response.
pub(crate) fn post(
    address: SocketAddr,
    message: &Value,
    session: Option<&str>,
) -> io::Result<Response> {
    let body = message.to_string();
    let mut stream = start(address, message, session, &body)?;
    finish(&mut stream)
}

/// Sends a message and reads nothing.
pub(crate) fn start(
    address: SocketAddr,
    message: &Value,
    session: Option<&str>,
    body: &str,
) -> io::Result<TcpStream> {
    let mut headers = Vec::new();
    let (method, name) = (&message["method"], &message["params"]["name"]);
    if let Some(id) = session {
        headers.push(("mcp-session-id", id));
    } else if message["params"].get("_meta").is_some() {
        headers.push(("mcp-protocol-version", "2026-07-28"));
        headers.extend(method.as_str().map(|method| ("mcp-method", method)));
        headers.extend(name.as_str().map(|name| ("mcp-name", name)));
    }
    let mut text = head(body.len(), &headers).into_bytes();
    text.extend_from_slice(body.as_bytes());
    open(address, &text)
}

/// Reads a response to its end.
pub(crate) fn finish(stream: &mut TcpStream) -> io::Result<Response> {
    let mut text = Vec::new();
    stream.read_to_end(&mut text)?;
    let end = text
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .map_or(text.len(), |at| at + 4);
    let head = String::from_utf8_lossy(&text[..end]).into_owned();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or_default();
    Ok(Response {
        status,
        body: text.split_off(end),
        head,
    })
}

/// A GET without a body.
pub(crate) fn get(address: SocketAddr, path: &str, host: &str) -> io::Result<Response> {
    let text = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    finish(&mut open(address, text.as_bytes())?)
}

/// Opens a session, and returns its id.
pub(crate) fn session(address: SocketAddr, version: &str) -> io::Result<Option<String>> {
    Ok(post(address, &initialize(version), None)?
        .header("mcp-session-id")
        .map(str::to_owned))
}
