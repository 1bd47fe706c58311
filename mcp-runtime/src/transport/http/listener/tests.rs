//! The limits of a real listener, in real time.

use std::net::IpAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;
use tokio::time::{sleep, timeout};

use super::*;
use crate::__private::{ListedTool, Per, RateLimit, Returns, Source, Spec, Visitor};
use crate::Limits;

const SHORT: Duration = Duration::from_millis(300);
/// Longer than anything takes that works.
const PATIENCE: Duration = Duration::from_secs(20);
const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"#;
const PROBE: &str = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";

struct Once;

impl ListedTool<()> for Once {
    fn visit(visitor: &mut impl Visitor<()>) {
        let limit = RateLimit::new(1, 3_600_000).per(Per::Ip);
        let spec = Spec::tool("once", "Once an hour.")
            .read_only()
            .rate_limit(limit, Source::Attribute);
        visitor.declare(
            spec,
            (),
            Returns::<&str>::result(),
            Vec::new(),
            |_, _, ()| async { "let in" },
        );
    }
}

/// A server that listens.
struct Listening {
    service: Arc<Service>,
    address: SocketAddr,
}

impl Listening {
    async fn start(limits: Limits) -> Self {
        let server = crate::Server::new("edge", "1.0.0").tools((Once,));
        let service = server.limits(limits).build().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(serve(Arc::clone(&service), listener, None));
        Self { service, address }
    }

    /// A connection on which this has been sent.
    async fn send(&self, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    /// Everything that comes back for this until the connection ends.
    async fn answer(&self, text: &str) -> String {
        rest(&mut self.send(text).await).await
    }

    fn metric(&self, series: &str) -> String {
        let metrics = self
            .service
            .metrics
            .render(crate::ops::metrics::Format::OpenMetrics);
        let line = metrics.lines().find_map(|line| line.strip_prefix(series));
        line.unwrap_or_else(|| panic!("no {series} in {metrics}"))
            .trim()
            .to_owned()
    }

    fn refused(&self, limit: &str) -> String {
        self.metric(&format!("mcp_requests_refused_total{{limit=\"{limit}\"}}"))
    }

    async fn until(&self, series: &str, value: &str) {
        let come = async {
            while self.metric(series) != value {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, come).await.unwrap();
    }
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer);
    // A connection that is reset has ended, too.
    let _ = timeout(PATIENCE, read).await.expect("the connection ends");
    answer
}

/// Everything that comes until what is there ends in `end`.
async fn until(stream: &mut TcpStream, end: &str) -> String {
    let mut answer = Vec::new();
    while !answer.ends_with(end.as_bytes()) {
        let byte = timeout(PATIENCE, stream.read_u8()).await.unwrap().unwrap();
        answer.push(byte);
    }
    String::from_utf8(answer).unwrap()
}

fn post(headers: &str, body: &str) -> String {
    format!(
        "POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         mcp-protocol-version: 2026-07-28\r\nmcp-method: tools/list\r\n{headers}\r\n{body}"
    )
}

fn list(padding: usize) -> String {
    format!("{LIST}{}", " ".repeat(padding))
}

async fn call(server: SocketAddr, from: IpAddr) -> io::Result<String> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(from, 0))?;
    let mut stream = socket.connect(server).await?;
    let body = LIST
        .replace("tools/list", "tools/call")
        .replace(r#"{"_meta""#, r#"{"name":"once","_meta""#);
    let request = post(
        &format!(
            "mcp-name: once\r\nconnection: close\r\ncontent-length: {}\r\n",
            body.len()
        ),
        &body,
    );
    stream
        .write_all(request.replace("tools/list", "tools/call").as_bytes())
        .await?;
    Ok(rest(&mut stream).await)
}

#[tokio::test]
async fn a_limit_per_address_counts_the_other_end_of_the_connection() {
    let server = Listening::start(Limits::default()).await;
    for from in ["127.0.0.1", "127.0.0.2"].map(|from| from.parse().unwrap()) {
        let first = call(server.address, from).await.unwrap();
        assert!(first.contains("let in"), "{from}: {first}");
        let second = call(server.address, from).await.unwrap();
        assert!(second.contains("rate limit of 1/h"), "{from}: {second}");
    }
}

#[tokio::test]
async fn a_head_that_does_not_end_ends_its_connection() {
    let server = Listening::start(Limits::default().header_timeout(SHORT)).await;
    for head in [
        "G",
        "POST /mcp HTTP/1.1\r\nhost: localhost\r\nx-a: b\r\n",
        "PRI * HT",
    ] {
        assert_eq!(server.answer(head).await, "", "{head}");
    }
    // One that trickles is no better.
    let mut stream = server.send("GET /").await;
    let trickle = async {
        while stream.write_all(b"x").await.is_ok() {
            sleep(SHORT / 10).await;
        }
    };
    timeout(PATIENCE, trickle)
        .await
        .expect("the connection ends");
    assert_eq!(server.refused("slow"), "4");
    // The second request of a connection has the same time as the first.
    let mut stream = server.send(PROBE).await;
    until(&mut stream, "ok\n").await;
    stream.write_all(b"GET /hea").await.unwrap();
    assert_eq!(rest(&mut stream).await, "");
    assert_eq!(server.refused("slow"), "5");
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_one_that_is_used_is_not() {
    let server =
        Listening::start(Limits::default().idle_timeout(SHORT).header_timeout(SHORT)).await;
    let mut idle = server.send("").await;
    let mut used = server.send(PROBE).await;
    for _ in 0..6 {
        until(&mut used, "ok\n").await;
        sleep(SHORT / 3).await;
        used.write_all(PROBE.as_bytes()).await.unwrap();
    }
    until(&mut used, "ok\n").await;
    assert_eq!(rest(&mut idle).await, "");
    assert_eq!(rest(&mut used).await, "", "idle in the end");
    assert_eq!(server.refused("slow"), "0");
    server.until("mcp_active_connections", "0").await;
}

#[tokio::test]
async fn a_body_that_is_held_back_is_refused() {
    let server = Listening::start(Limits::default().body_timeout(SHORT)).await;
    for headers in ["content-length: 1000\r\n", "transfer-encoding: chunked\r\n"] {
        let answer = server.answer(&post(headers, "3\r\n{\"j\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(
            answer.contains("the body was not complete after 300ms"),
            "{answer}"
        );
    }
    assert_eq!(server.refused("slow"), "2");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_before_it_is_sent() {
    let server = Listening::start(Limits::default()).await;
    for headers in [
        "content-length: 9999999999\r\nexpect: 100-continue\r\n",
        "content-length: 9223372036854775807\r\n",
    ] {
        let mut stream = server.send(&post(headers, "")).await;
        let head = until(&mut stream, "\r\n\r\n").await;
        assert!(head.starts_with("HTTP/1.1 413"), "{head}");
    }
    assert_eq!(server.refused("body"), "2");
}

#[tokio::test]
async fn a_body_that_is_broken_is_a_bad_request() {
    let server = Listening::start(Limits::default()).await;
    for body in ["zz\r\n{}\r\n0\r\n\r\n", "2\r\n{}xx0\r\n\r\n"] {
        let mut stream = server
            .send(&post("transfer-encoding: chunked\r\n", body))
            .await;
        let head = until(&mut stream, "\r\n\r\n").await;
        assert!(head.starts_with("HTTP/1.1 400"), "{body}: {head}");
    }
    assert_eq!(server.refused("body"), "0");
}

#[tokio::test]
async fn a_connection_too_many_is_told_so() {
    let server = Listening::start(Limits::default().connections(2)).await;
    let held = [server.send("").await, server.send("").await];
    server.until("mcp_active_connections", "2").await;
    for refused in 1..4 {
        let answer = server.answer(PROBE).await;
        assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
        assert!(answer.contains("retry-after: 10\r\n"), "{answer}");
        assert!(answer.contains("too many open connections"), "{answer}");
        assert_eq!(server.refused("connections"), refused.to_string());
    }
    drop(held);
    server.until("mcp_active_connections", "0").await;
    let mut stream = server.send(PROBE).await;
    assert!(until(&mut stream, "ok\n").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn one_address_has_so_many_connections() {
    let server = Listening::start(Limits::default().connections_per_ip(1)).await;
    let held = server.send("").await;
    server.until("mcp_active_connections", "1").await;
    let answer = server.answer(PROBE).await;
    assert!(answer.starts_with("HTTP/1.1 429"), "{answer}");
    assert!(answer.contains("retry-after: 10\r\n"), "{answer}");
    assert_eq!(server.refused("per_ip"), "1");
    let other = call(server.address, "127.0.0.2".parse().unwrap())
        .await
        .unwrap();
    assert!(other.contains("let in"), "{other}");
    drop(held);
    server.until("mcp_active_connections", "0").await;
    let mut stream = server.send(PROBE).await;
    until(&mut stream, "ok\n").await;
}

#[tokio::test]
async fn all_bodies_together_have_a_limit() {
    let server = Listening::start(Limits::default().bodies(50_000)).await;
    let large = list(30_000);
    let length = format!("content-length: {}\r\n", large.len());
    let held = server.send(&post(&length, &large[..large.len() - 1])).await;
    // A small one does not count, and so shows that the large one has been read.
    let small = format!("content-length: {}\r\nconnection: close\r\n", LIST.len());
    let large = post(&format!("{length}connection: close\r\n"), &large);
    let refusal = async {
        loop {
            assert!(
                server
                    .answer(&post(&small, LIST))
                    .await
                    .starts_with("HTTP/1.1 200")
            );
            let answer = server.answer(&large).await;
            if answer.starts_with("HTTP/1.1 503") {
                return answer;
            }
        }
    };
    let answer = timeout(PATIENCE, refusal).await.unwrap();
    assert!(answer.contains("retry-after: 10\r\n"), "{answer}");
    assert_ne!(server.refused("bodies"), "0");
    drop(held);
    server.until("mcp_active_connections", "0").await;
    for _ in 0..5 {
        let answer = server.answer(&large).await;
        assert!(
            answer.starts_with("HTTP/1.1 200"),
            "what is done is given back: {answer}"
        );
    }
}

#[tokio::test]
async fn a_head_has_a_largest_size_and_a_number_of_fields() {
    let limits = Limits::default().headers(8192).header_count(8);
    let server = Listening::start(limits).await;
    let large = format!("x-a: {}\r\n", "b".repeat(10_000));
    let many = "x-a: b\r\n".repeat(9);
    for headers in [&large, &many] {
        let answer = server.answer(&post(headers, "")).await;
        assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    }
    assert_eq!(server.refused("headers"), "2");
}

#[tokio::test]
async fn a_request_without_a_host_is_a_bad_one() {
    let server = Listening::start(Limits::default()).await;
    for (head, status) in [
        ("GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n", 400),
        ("POST /mcp HTTP/1.1\r\nconnection: close\r\n\r\n", 400),
        ("GET /healthz HTTP/1.0\r\n\r\n", 200),
        (
            "GET http://localhost/healthz HTTP/1.1\r\nhost: evil.com\r\nconnection: close\r\n\r\n",
            400,
        ),
        (
            "GET /healthz HTTP/1.1\r\nhost: localhost\r\nhost: localhost\r\nconnection: close\r\n\r\n",
            400,
        ),
        (
            "GET /nowhere HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
            404,
        ),
    ] {
        let answer = server.answer(head).await;
        assert_eq!(answer[9..12], status.to_string(), "{head}: {answer}");
        assert!(
            answer.contains("x-content-type-options: nosniff\r\n"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn a_shutdown_ends_idle_connections_and_serving() {
    let service = crate::Server::new("edge", "1.0.0").build().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(serve(Arc::clone(&service), listener, None));
    let mut fresh = TcpStream::connect(address).await.unwrap();
    let mut used = TcpStream::connect(address).await.unwrap();
    used.write_all(PROBE.as_bytes()).await.unwrap();
    until(&mut used, "ok\n").await;
    service.drain.finish(Duration::from_secs(1)).await;
    timeout(PATIENCE, serving).await.unwrap().unwrap().unwrap();
    assert_eq!(
        (rest(&mut fresh).await, rest(&mut used).await),
        (String::new(), String::new())
    );
}
