//! Calls one at a time, small and large, whose answers are checked.

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader, ErrorKind, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    process::Child,
    time::Duration,
};

use crate::{error::Error, load::http::body};

/// The number of times, and the time apart, at which a server is asked whether it listens: callgrind is slow.
const CONNECT_TRIES: u32 = 1200;
const CONNECT_PAUSE: Duration = Duration::from_millis(50);

/// One call.
#[derive(Clone, Copy, Debug)]
pub(super) enum Call {
    /// `add(a, b)`.
    Add,
    /// `echo(text)` with 1 MB of source code, which has escapes in JSON.
    Echo,
}

/// A call as it is sent, and the text that answers it.
struct Written {
    name: &'static str,
    message: String,
    text: String,
}

impl Call {
    /// The number of calls in the first run and in the second.
    pub(super) fn repetitions(self) -> (u32, u32) {
        match self {
            Self::Add => (500, 2500),
            Self::Echo => (2, 12),
        }
    }

    fn written(self) -> Result<Written, Error> {
        let (name, arguments, text) = match self {
            Self::Add => (
                "add",
                r#"{"a":4000000000,"b":2}"#.to_owned(),
                "4000000002".to_owned(),
            ),
            Self::Echo => {
                let text = source_code();
                let arguments = serde_json::json!({ "text": text }).to_string();
                ("echo", arguments, text)
            }
        };
        let mut message = String::new();
        write!(
            message,
            r#"{{"jsonrpc":"2.0","id":1000000007,"method":"tools/call","params":{{"name":"{name}","arguments":{arguments},"_meta":{{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{{}}}}}}}}"#
        )
        .map_err(|_| Error::Counts("a call could not be written".to_owned()))?;
        Ok(Written {
            name,
            message,
            text,
        })
    }
}

/// 1 MB of text with line breaks, indentation and quotes.
fn source_code() -> String {
    let line =
        "\tif let Some(name) = names.get(\"the name\") {\n\t\tprintln!(\"{name}: é\");\n\t}\n";
    line.repeat(1_000_000 / line.len())
}

/// Calls over one connection.
pub(super) fn over_http(
    child: &mut Child,
    addr: SocketAddr,
    call: Call,
    calls: u32,
) -> Result<(), Error> {
    let Written {
        name,
        message,
        text,
    } = call.written()?;
    let request = format!(
        "POST /mcp HTTP/1.1\r\nHost: {addr}\r\nContent-Type: application/json\r\n\
         Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2026-07-28\r\n\
         Mcp-Method: tools/call\r\nMcp-Name: {name}\r\nContent-Length: {length}\r\n\r\n{message}",
        length = message.len(),
    );
    let mut stream = connect(child, addr)?;
    let mut expected = Expected::new(text);
    let mut received = Vec::new();
    let mut part = vec![0; 64 * 1024];
    for _ in 0..calls {
        stream
            .write_all(request.as_bytes())
            .map_err(Error::io("sending a request"))?;
        received.clear();
        loop {
            if let Some(body) = body(&received)? {
                expected.check(&received[body])?;
                break;
            }
            match stream.read(&mut part) {
                Ok(0) => return Err(closed()),
                Ok(read) => received.extend_from_slice(&part[..read]),
                Err(error) => return Err(Error::io("reading an answer")(error)),
            }
        }
    }
    Ok(())
}

/// Calls over the pipes of a server.
pub(super) fn over_stdio(child: &mut Child, call: Call, calls: u32) -> Result<(), Error> {
    let Written { message, text, .. } = call.written()?;
    let line = format!("{message}\n");
    let pipes = child.stdin.as_mut().zip(child.stdout.take());
    let (stdin, stdout) = pipes.ok_or_else(closed)?;
    let mut stdout = BufReader::new(stdout);
    let mut expected = Expected::new(text);
    let mut received = Vec::new();
    for _ in 0..calls {
        stdin
            .write_all(line.as_bytes())
            .map_err(Error::io("writing requests"))?;
        received.clear();
        let read = stdout
            .read_until(b'\n', &mut received)
            .map_err(Error::io("reading answers"))?;
        if read == 0 {
            return Err(closed());
        }
        expected.check(&received)?;
    }
    Ok(())
}

/// The answer that each call must have: the first is parsed, and the others equal it.
struct Expected {
    text: String,
    answer: Vec<u8>,
}

impl Expected {
    fn new(text: String) -> Self {
        Self {
            text,
            answer: Vec::new(),
        }
    }

    fn check(&mut self, answer: &[u8]) -> Result<(), Error> {
        if self.answer.is_empty() {
            let parsed: serde_json::Value = serde_json::from_slice(answer)?;
            if parsed["result"]["content"][0]["text"] != *self.text {
                return Err(Error::wrong("not the text that was asked for", answer));
            }
            self.answer = answer.to_vec();
        }
        if self.answer == answer {
            Ok(())
        } else {
            Err(Error::wrong(
                "not the answer to the same call before",
                answer,
            ))
        }
    }
}

/// Connects to a server that may still be starting.
fn connect(child: &mut Child, addr: SocketAddr) -> Result<TcpStream, Error> {
    for _ in 0..CONNECT_TRIES {
        if let Ok(stream) = TcpStream::connect(addr) {
            return Ok(stream);
        }
        if let Ok(Some(status)) = child.try_wait() {
            return Err(Error::Stopped(status));
        }
        std::thread::sleep(CONNECT_PAUSE);
    }
    Err(Error::Stalled((CONNECT_PAUSE * CONNECT_TRIES).as_secs()))
}

fn closed() -> Error {
    Error::io("reading an answer")(ErrorKind::UnexpectedEof.into())
}
