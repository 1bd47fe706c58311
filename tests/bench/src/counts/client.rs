//! Calls one at a time, whose answers are checked.

use std::{
    io::{BufRead, BufReader, ErrorKind, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    process::Child,
    time::Duration,
};

use crate::{
    call::{Answers, Call, Request},
    error::Error,
    load::http::body,
};

/// The number of times, and the time apart, at which a server is asked whether it listens: callgrind is slow.
const CONNECT_TRIES: u32 = 1200;
const CONNECT_PAUSE: Duration = Duration::from_millis(50);

/// The id of every call, so that all of them cost the same.
const ID: u64 = 1_000_000_007;

/// Calls over one connection.
pub(super) fn over_http(
    child: &mut Child,
    addr: SocketAddr,
    call: Call,
    calls: u32,
) -> Result<(), Error> {
    let mut request = Request::http(call, &addr.to_string());
    let mut answers = Answers::new(call);
    let mut stream = connect(child, addr)?;
    let mut received = Vec::new();
    let mut part = vec![0; 64 * 1024];
    for _ in 0..calls {
        stream
            .write_all(request.with_id(ID))
            .map_err(Error::io("sending a request"))?;
        received.clear();
        loop {
            if let Some(body) = body(&received)? {
                answers.check(&received[body])?;
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
    let mut request = Request::line(call);
    let mut answers = Answers::new(call);
    let pipes = child.stdin.as_mut().zip(child.stdout.take());
    let (stdin, stdout) = pipes.ok_or_else(closed)?;
    let mut stdout = BufReader::new(stdout);
    let mut received = Vec::new();
    for _ in 0..calls {
        stdin
            .write_all(request.with_id(ID))
            .map_err(Error::io("writing requests"))?;
        received.clear();
        let read = stdout
            .read_until(b'\n', &mut received)
            .map_err(Error::io("reading answers"))?;
        if read == 0 {
            return Err(closed());
        }
        answers.check(received.trim_ascii_end())?;
    }
    Ok(())
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
