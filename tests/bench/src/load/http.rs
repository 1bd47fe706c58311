//! Calls over HTTP/1.1: each connection sends a request once it has the response to the previous one.

use std::{
    io::ErrorKind,
    net::{SocketAddr, TcpStream as StdStream},
    ops::Range,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime::{Builder, Runtime},
    task::JoinSet,
};

use super::{Load, nanoseconds};
use crate::{
    call::{Answers, Call, Ids, Request},
    error::Error,
    server::Server,
};

/// The maximum number of attempts to connect, and the time between two of them.
const CONNECT_TRIES: u32 = 500;
const CONNECT_PAUSE: Duration = Duration::from_millis(20);

/// Every connection of the load generator.
#[derive(Debug)]
pub(crate) struct Connections {
    runtime: Runtime,
    idle: Vec<Connection>,
}

impl Connections {
    /// Connects as soon as the server listens.
    pub(crate) fn open(server: &mut Server, call: Call, count: usize) -> Result<Self, Error> {
        let runtime = Builder::new_current_thread()
            .enable_io()
            .build()
            .map_err(Error::io("starting the load generator"))?;
        let idle = {
            let _entered = runtime.enter();
            (0..count)
                .map(|slot| Connection::open(server, call, Ids::new(slot, count)))
                .collect::<Result<_, _>>()?
        };
        Ok(Self { runtime, idle })
    }
}

impl Load for Connections {
    fn run(&mut self, length: Duration) -> Result<Vec<u32>, Error> {
        let deadline = Instant::now() + length;
        let mut latencies = Vec::new();
        self.runtime.block_on(async {
            let mut running: JoinSet<_> = self
                .idle
                .drain(..)
                .map(|connection| connection.run(deadline))
                .collect();
            while let Some(ended) = running.join_next().await {
                let (connection, times) =
                    ended.map_err(|error| Error::io("calling over HTTP")(error.into()))??;
                latencies.extend(times);
                self.idle.push(connection);
            }
            Ok(latencies)
        })
    }
}

#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    ids: Ids,
    request: Request,
    answers: Answers,
    buffer: Vec<u8>,
}

impl Connection {
    fn open(server: &mut Server, call: Call, ids: Ids) -> Result<Self, Error> {
        let addr = server.addr();
        let stream = connect(server, addr)?;
        stream
            .set_nodelay(true)
            .map_err(Error::io("setting TCP_NODELAY"))?;
        stream
            .set_nonblocking(true)
            .map_err(Error::io("making a socket non-blocking"))?;
        Ok(Self {
            stream: TcpStream::from_std(stream).map_err(Error::io("watching a socket"))?,
            ids,
            request: Request::http(call, &addr.to_string()),
            answers: Answers::new(call),
            buffer: vec![0; call.room().0],
        })
    }

    async fn run(mut self, deadline: Instant) -> Result<(Self, Vec<u32>), Error> {
        let mut latencies = Vec::new();
        let mut start = Instant::now();
        while start < deadline {
            self.call().await?;
            let end = Instant::now();
            latencies.push(nanoseconds(start, end));
            start = end;
        }
        Ok((self, latencies))
    }

    async fn call(&mut self) -> Result<(), Error> {
        let id = self.ids.take();
        let request = self.request.with_id(id);
        self.stream
            .write_all(request)
            .await
            .map_err(Error::io("sending a request"))?;
        let mut filled = 0;
        loop {
            let free = &mut self.buffer[filled..];
            let read = self
                .stream
                .read(free)
                .await
                .map_err(Error::io("reading an answer"))?;
            filled += read;
            let received = &self.buffer[..filled];
            if let Some(body) = body(received)? {
                return match self.answers.check(&received[body])? {
                    answered if answered == id => Ok(()),
                    _ => Err(Error::wrong("the response to another call", received)),
                };
            }
            if filled == self.buffer.len() {
                return Err(Error::wrong("an answer too long", received));
            }
            if read == 0 {
                return Err(Error::io("reading an answer")(
                    ErrorKind::UnexpectedEof.into(),
                ));
            }
        }
    }
}

/// Connects to a server that may still be starting.
pub(crate) fn connect(server: &mut Server, addr: SocketAddr) -> Result<StdStream, Error> {
    let mut tries = 0;
    loop {
        match StdStream::connect(addr) {
            Ok(stream) => return Ok(stream),
            Err(_) if tries < CONNECT_TRIES => tries += 1,
            Err(error) => return Err(Error::io("connecting to the server")(error)),
        }
        if let Some(status) = server.ended() {
            return Err(Error::Stopped(status));
        }
        std::thread::sleep(CONNECT_PAUSE);
    }
}

/// Returns the position of the body of a response with status 200, once all of it has been received.
pub(crate) fn body(received: &[u8]) -> Result<Option<Range<usize>>, Error> {
    let Some(head) = received.windows(4).position(|window| window == b"\r\n\r\n") else {
        return Ok(None);
    };
    if !received.starts_with(b"HTTP/1.1 200 ") {
        return Err(Error::wrong("not a 200", received));
    }
    let Some(length) = received[..head]
        .split(|&byte| byte == b'\n')
        .find_map(content_length)
    else {
        return Err(Error::wrong("no usable content-length", received));
    };
    let body = head + 4..head + 4 + length;
    match received.len() {
        have if have < body.end => Ok(None),
        have if have > body.end => Err(Error::wrong("more than one answer", received)),
        _ => Ok(Some(body)),
    }
}

fn content_length(line: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"content-length:";
    let (name, value) = line.split_at_checked(NAME.len())?;
    if !name.eq_ignore_ascii_case(NAME) {
        return None;
    }
    std::str::from_utf8(value).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::body;

    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ndate: today\r\nContent-Length: 2\r\n\r\n{}";

    #[test]
    fn an_answer_is_complete_with_its_last_byte() {
        for received in 0..ANSWER.len() {
            assert!(
                matches!(body(&ANSWER[..received]), Ok(None)),
                "{received} bytes"
            );
        }
        assert_eq!(
            body(ANSWER).ok().flatten().map(|range| &ANSWER[range]),
            Some(&b"{}"[..])
        );
    }

    #[test]
    fn anything_but_one_sized_200_is_wrong() {
        assert!(body(b"HTTP/1.1 429 Too Many Requests\r\ncontent-length: 0\r\n\r\n").is_err());
        assert!(body(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
        assert!(body(&[ANSWER, b"HTTP"].concat()).is_err());
    }
}
