//! The limits of a real listener, in real time.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};

use super::*;
use crate::__private::{Callbacks, ListedTool, Per, RateLimit, Returns, Source, Spec, Visitor};
use crate::Limits;

const SHORT: Duration = Duration::from_millis(300);
/// Longer than any successful operation takes.
const PATIENCE: Duration = Duration::from_secs(20);
const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"#;
pub(in super::super) const PROBE: &str = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";

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
            Callbacks::default(),
            |_, _, ()| async { "let in" },
        );
    }
}

/// A listening server.
pub(in super::super) struct Listening {
    pub service: Arc<Service>,
    pub address: SocketAddr,
}

impl Listening {
    pub(in super::super) async fn start(limits: Limits) -> Self {
        let server = crate::Server::new("edge", "1.0.0").tools((Once,));
        Self::serve(server.limits(limits)).await
    }

    #[cfg(feature = "tls")]
    pub(in super::super) async fn secured(limits: Limits, tls: crate::Tls) -> Self {
        Self::serve(crate::Server::new("edge", "1.0.0").limits(limits).tls(tls)).await
    }

    pub(in super::super) async fn serve(server: crate::Server) -> Self {
        let service = server.build().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let listener = Listener::Tcp(listener);
        tokio::spawn(super::serve(Arc::clone(&service), listener, None));
        Self { service, address }
    }

    /// A connection on which this text has been sent.
    pub(in super::super) async fn send(&self, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    /// The whole response to this text, until the connection ends.
    async fn answer(&self, text: &str) -> String {
        rest(&mut self.send(text).await).await
    }

    pub(in super::super) fn metric(&self, series: &str) -> String {
        let metrics = self
            .service
            .metrics
            .render(crate::ops::metrics::Format::OpenMetrics);
        let line = metrics.lines().find_map(|line| line.strip_prefix(series));
        line.unwrap_or_else(|| panic!("no {series} in {metrics}"))
            .trim()
            .to_owned()
    }

    pub(in super::super) fn refused(&self, limit: &str) -> String {
        self.metric(&format!("mcp_requests_refused_total{{limit=\"{limit}\"}}"))
    }

    pub(in super::super) async fn until(&self, series: &str, value: &str) {
        let come = async {
            while self.metric(series) != value {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, come).await.unwrap();
    }
}

pub(in super::super) async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer);
    // A reset connection has ended, too.
    let _ = timeout(PATIENCE, read).await.expect("the connection ends");
    answer
}

/// Reads until the received bytes end in `end`.
pub(in super::super) async fn until(stream: &mut (impl AsyncRead + Unpin), end: &str) -> String {
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
    // A client that sends slowly is treated alike.
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
    // The second request of a connection has the same timeout as the first.
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
async fn a_connection_above_the_maximum_is_refused_with_a_response() {
    let server = Listening::start(Limits::default().connections(2)).await;
    let held = [server.send("").await, server.send("").await];
    server.until("mcp_active_connections", "2").await;
    for refused in 1..4 {
        let answer = server.answer(&PROBE.replace("healthz", "ready")).await;
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
    // A small body does not count, which shows that the large one has been read.
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
    let listener = Listener::Tcp(listener);
    let serving = tokio::spawn(super::serve(Arc::clone(&service), listener, None));
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

/// A server behind a proxy on loopback that it trusts.
async fn behind_proxy(limits: Limits) -> Listening {
    let server = crate::Server::new("edge", "1.0.0").tools((Once,));
    Listening::serve(server.limits(limits).trusted_proxies(["127.0.0.0/8"])).await
}

/// A probe that a proxy forwards for `caller`.
fn forwarded(caller: &str) -> String {
    format!(
        "GET /healthz HTTP/1.1\r\nhost: localhost\r\nx-forwarded-for: {caller}\r\nconnection: close\r\n\r\n"
    )
}

#[tokio::test]
async fn a_flood_from_one_address_is_refused_and_other_callers_are_not() {
    let server = behind_proxy(Limits::default().flood(3)).await;
    let mut refused = 0;
    for _ in 0..20 {
        let answer = server.answer(&forwarded("192.0.2.1")).await;
        if answer.starts_with("HTTP/1.1 429") {
            assert!(answer.contains("\r\nretry-after: 10\r\n"), "{answer}");
            assert!(answer.contains("at most 3 in a second"), "{answer}");
            refused += 1;
        }
    }
    assert!(refused > 0, "20 probes took more than 6 s?");
    assert_eq!(server.refused("flood"), refused.to_string());
    let other = server.answer(&forwarded("192.0.2.2")).await;
    assert!(other.starts_with("HTTP/1.1 200"), "{other}");
    let local = server
        .answer(
            PROBE
                .replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n")
                .as_str(),
        )
        .await;
    assert!(
        local.starts_with("HTTP/1.1 200"),
        "the proxy itself is local: {local}"
    );
}

#[tokio::test]
async fn a_proxy_that_is_not_trusted_is_the_caller() {
    let server = Listening::start(Limits::default().flood(1)).await;
    for _ in 0..5 {
        let answer = server.answer(&forwarded("192.0.2.1")).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

#[tokio::test]
async fn a_probe_is_answered_when_all_places_are_taken() {
    let server = Listening::start(Limits::default().connections(1)).await;
    let _taken = server.send("").await;
    server.until("mcp_active_connections", "1").await;
    let probe = server.answer(PROBE).await;
    assert!(probe.starts_with("HTTP/1.1 200"), "{probe}");
    let other = server.answer(&PROBE.replace("healthz", "ready")).await;
    assert!(other.starts_with("HTTP/1.1 503"), "{other}");
}

#[tokio::test]
async fn connections_of_a_trusted_proxy_are_counted_in_all_only() {
    let limits = Limits::default().connections_per_ip(1).connections(3);
    let server = behind_proxy(limits).await;
    let mut open = Vec::new();
    for _ in 0..3 {
        let mut stream = server.send(PROBE).await;
        until(&mut stream, "ok\n").await;
        open.push(stream);
    }
    let refused = rest(&mut TcpStream::connect(server.address).await.unwrap()).await;
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    assert_eq!(server.refused("connections"), "1");
    assert_eq!(server.refused("per_ip"), "0");
}

#[tokio::test]
async fn a_limit_per_address_counts_the_caller_that_a_trusted_proxy_names() {
    let server = behind_proxy(Limits::default()).await;
    let body = LIST
        .replace("tools/list", "tools/call")
        .replace(r#"{"_meta""#, r#"{"name":"once","_meta""#);
    for caller in ["192.0.2.1", "192.0.2.2"] {
        for says in ["let in", "rate limit of 1/h"] {
            let headers = format!(
                "mcp-name: once\r\nforwarded: for={caller}\r\nconnection: close\r\ncontent-length: {}\r\n",
                body.len()
            );
            let request =
                post(&headers, &body).replace("mcp-method: tools/list", "mcp-method: tools/call");
            let answer = server.answer(&request).await;
            assert!(answer.contains(says), "{caller}: {answer}");
        }
    }
}

#[tokio::test]
async fn a_body_with_a_content_coding_is_refused_in_words() {
    let server = Listening::start(Limits::default()).await;
    for (coding, status) in [
        ("gzip", "415"),
        ("identity, br", "415"),
        ("", "415"),
        ("identity", "200"),
        ("Identity , identity", "200"),
    ] {
        let headers = format!(
            "content-encoding: {coding}\r\nconnection: close\r\ncontent-length: {}\r\n",
            LIST.len()
        );
        let answer = server.answer(&post(&headers, LIST)).await;
        assert_eq!(&answer[9..12], status, "{coding}: {answer}");
        assert_eq!(
            answer.contains("must not be compressed"),
            status == "415",
            "{answer}"
        );
    }
}

#[tokio::test]
async fn every_response_restricts_browsers_and_caches() {
    let server = Listening::start(Limits::default()).await;
    for path in ["/healthz", "/mcp", "/nowhere"] {
        let answer = server
            .answer(&format!(
                "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
            ))
            .await;
        for header in [
            "cache-control: no-store",
            "referrer-policy: no-referrer",
            "x-content-type-options: nosniff",
        ] {
            assert!(
                answer.contains(&format!("\r\n{header}\r\n")),
                "{path}: {answer}"
            );
        }
        assert!(!answer.contains("strict-transport-security"), "{answer}");
    }
    let server = crate::Server::new("edge", "1.0.0").public_url("https://mcp.example.com");
    let server = Listening::serve(server).await;
    let answer = server
        .answer("GET /healthz HTTP/1.1\r\nhost: mcp.example.com\r\nconnection: close\r\n\r\n")
        .await;
    assert!(
        answer.contains("\r\nstrict-transport-security: max-age="),
        "{answer}"
    );
}

#[tokio::test]
async fn calls_during_the_delay_are_accepted_with_connection_close() {
    let server = crate::Server::new("edge", "1.0.0").shutdown_delay(Duration::from_hours(1));
    let server = Listening::serve(server).await;
    let request = post(&format!("content-length: {}\r\n", LIST.len()), LIST);
    let mut open = server.send(PROBE).await;
    let before = until(&mut open, "ok\n").await;
    assert!(!before.contains("connection: close"), "{before}");
    let drain = server.service.drain.clone();
    let leaving = tokio::spawn(async move { drain.leave().await });
    while !server.service.drain.is_leaving() {
        tokio::task::yield_now().await;
    }
    let ready = server.answer(&PROBE.replace("healthz", "ready")).await;
    assert!(ready.starts_with("HTTP/1.1 503"), "{ready}");
    assert!(ready.contains("draining"), "{ready}");
    // On the open connection, and on a new one.
    open.write_all(request.as_bytes()).await.unwrap();
    for answer in [rest(&mut open).await, server.answer(&request).await] {
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
    }
    leaving.abort();
    server.service.drain.begin();
    let late = server.answer(&request).await;
    assert!(late.starts_with("HTTP/1.1 503"), "{late}");
}

#[cfg(feature = "http2")]
#[tokio::test]
async fn t22_a_connection_of_http_2_is_told_by_goaway() {
    const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    // `GET http://localhost/` of the static table, with the authority as a literal (RFC 7541).
    const HEADERS: &[u8] = b"\0\0\x0e\x01\x05\0\0\0\x01\x82\x86\x84\x41\x09localhost";
    let server = crate::Server::new("edge", "1.0.0").shutdown_delay(Duration::from_hours(1));
    let server = Listening::serve(server).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream
        .write_all(&[PREFACE, HEADERS].concat())
        .await
        .unwrap();
    let (tell, told) = tokio::sync::oneshot::channel();
    let mut tell = Some(tell);
    let reading = tokio::spawn(async move {
        loop {
            let mut head = [0; 9];
            stream.read_exact(&mut head).await.unwrap();
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
            let mut body = vec![0; length as usize];
            stream.read_exact(&mut body).await.unwrap();
            match head[3] {
                1 => drop(tell.take().map(|it| it.send(()))),
                7 => return,
                _ => {}
            }
        }
    });
    timeout(PATIENCE, told).await.unwrap().unwrap();
    let drain = server.service.drain.clone();
    let leaving = tokio::spawn(async move { drain.leave().await });
    timeout(PATIENCE, reading).await.unwrap().unwrap();
    leaving.abort();
}

#[tokio::test]
async fn a_unix_socket_is_served_and_its_callers_have_no_address() {
    let path = std::env::temp_dir().join(format!("mcp-edge-{}.sock", std::process::id()));
    let (listener, file) = super::super::bind_unix(&path).unwrap();
    let limits = Limits::default().connections_per_ip(1).flood(1);
    let service = crate::Server::new("edge", "1.0.0")
        .limits(limits)
        .build()
        .unwrap();
    tokio::spawn(super::serve(
        Arc::clone(&service),
        Listener::Unix(listener),
        None,
    ));
    let mut open = Vec::new();
    for _ in 0..3 {
        let mut stream = tokio::net::UnixStream::connect(&path).await.unwrap();
        stream.write_all(PROBE.as_bytes()).await.unwrap();
        assert!(until(&mut stream, "ok\n").await.starts_with("HTTP/1.1 200"));
        open.push(stream);
    }
    drop(file);
    assert!(!path.exists());
}
