//! `/metrics` of a server with 1,000 tools, compressed and plain: the processor time of the thread that runs calls, and
//! of all threads.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use super::{Fact, milliseconds};
use crate::{
    contender::{Contender, Transport},
    cpu,
    error::Error,
    lab::Lab,
    load::http::connect,
    server::Server,
};

/// The number of times that the metrics are read first, and then measured.
const WARM_UP: u32 = 3;
const MEASURED: u32 = 50;

/// The maximum time for a part of a response.
const PATIENCE: Duration = Duration::from_secs(10);

/// The fact that has a target.
pub(crate) const WORKER: &str = "`/metrics` with 1,000 tools, gzip: time on a worker";

/// A client that reads the metrics, and the names of its facts.
struct Scraper {
    headers: &'static str,
    size: &'static str,
    worker: &'static str,
    all: &'static str,
}

/// One that sends what Prometheus does, and one that accepts neither OpenMetrics nor a compressed text.
const SCRAPERS: [Scraper; 2] = [
    Scraper {
        headers: "Accept: application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1\r\n\
                  Accept-Encoding: gzip\r\n",
        size: "`/metrics` with 1,000 tools, gzip: size",
        worker: WORKER,
        all: "`/metrics` with 1,000 tools, gzip: time on all threads",
    },
    Scraper {
        headers: "",
        size: "`/metrics` with 1,000 tools, plain: size",
        worker: "`/metrics` with 1,000 tools, plain: time on a worker, in pieces",
        all: "`/metrics` with 1,000 tools, plain: time on all threads",
    },
];

/// Reads the metrics over one connection, as each of the clients.
pub(super) fn measure(lab: &Lab) -> Result<Vec<Fact>, Error> {
    let mut server = Server::start(lab, Contender::Tools, Transport::Http)?;
    let addr = server.addr();
    let mut stream = connect(&mut server, addr)?;
    stream
        .set_read_timeout(Some(PATIENCE))
        .map_err(Error::io("setting a timeout"))?;
    let mut facts = Vec::new();
    for scraper in SCRAPERS {
        let headers = scraper.headers;
        let request = format!("GET /metrics HTTP/1.1\r\nHost: {addr}\r\n{headers}\r\n");
        facts.extend(scrape(server.pid(), &mut stream, &request, &scraper)?);
    }
    Ok(facts)
}

/// Reads the metrics by one request, several times.
fn scrape(
    pid: u32,
    stream: &mut TcpStream,
    request: &str,
    scraper: &Scraper,
) -> Result<Vec<Fact>, Error> {
    let mut length = 0;
    for _ in 0..WARM_UP {
        length = read(stream, request)?;
    }
    let before = cpu::used_by_worker(pid).zip(cpu::used(pid));
    for _ in 0..MEASURED {
        read(stream, request)?;
    }
    let after = cpu::used_by_worker(pid).zip(cpu::used(pid));
    let mut facts = vec![Fact {
        what: scraper.size,
        value: f64::from(u32::try_from(length).unwrap_or(u32::MAX)) / 1e3,
        unit: "KB",
    }];
    if let (Some((worker, all)), Some((worker_before, all_before))) = (after, before) {
        let each = |after: Duration, before: Duration| after.saturating_sub(before) / MEASURED;
        facts.push(milliseconds(scraper.worker, each(worker, worker_before)));
        facts.push(milliseconds(scraper.all, each(all, all_before)));
    }
    Ok(facts)
}

/// Sends a request and reads its response, by `Content-Length` or in chunks. Returns the number of bytes.
fn read(stream: &mut TcpStream, request: &str) -> Result<usize, Error> {
    stream
        .write_all(request.as_bytes())
        .map_err(Error::io("sending a request"))?;
    let (mut received, mut part) = (Vec::new(), vec![0; 256 * 1024]);
    loop {
        let read = stream
            .read(&mut part)
            .map_err(Error::io("reading an answer"))?;
        received.extend_from_slice(&part[..read]);
        if !received.starts_with(b"HTTP/1.1 200 ") || read == 0 {
            return Err(Error::wrong("not the metrics", &received));
        }
        if is_whole(&received) {
            return Ok(received.len());
        }
    }
}

fn is_whole(received: &[u8]) -> bool {
    let Some(head) = memchr::memmem::find(received, b"\r\n\r\n") else {
        return false;
    };
    let (head, body) = (&received[..head], &received[head + 4..]);
    let length = String::from_utf8_lossy(head)
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, length)| length.trim().parse::<usize>().ok());
    match length {
        Some(length) => body.len() >= length,
        None => body.ends_with(b"\r\n0\r\n\r\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::is_whole;

    #[test]
    fn an_answer_is_whole_with_its_length_or_its_last_chunk() {
        for (received, whole) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{", false),
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", true),
            ("HTTP/1.1 200 OK\r\nx: y\r\n\r\n2\r\n{}\r\n", false),
            ("HTTP/1.1 200 OK\r\nx: y\r\n\r\n2\r\n{}\r\n0\r\n\r\n", true),
            ("HTTP/1.1 200 OK\r\n", false),
        ] {
            assert_eq!(is_whole(received.as_bytes()), whole, "{received}");
        }
    }
}
