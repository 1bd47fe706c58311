//! A real listener with TLS, in real time.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::version;

use crate::Limits;
use crate::certificate::Certificate;
use crate::tls::tests::{Authority, Folder};
use crate::transport::http::listener::tests::{Listening, PROBE, rest, until};

const SHORT: Duration = Duration::from_millis(300);
const EXPIRY: &str = "mcp_tls_certificate_expiry_timestamp_seconds";

async fn connect(server: &Listening, authority: &Authority) -> TlsStream<TcpStream> {
    let stream = TcpStream::connect(server.address).await.unwrap();
    let name = "localhost".try_into().unwrap();
    let client = authority.client(None, &[&version::TLS13], "http/1.1");
    client.connect(name, stream).await.unwrap()
}

#[tokio::test]
async fn an_open_connection_goes_on_when_the_certificate_changes() {
    let (folder, authority) = (Folder::new(), Authority::new());
    authority.write(&folder);
    let server = Listening::secured(Limits::default(), folder.tls()).await;
    let mut open = connect(&server, &authority).await;
    for _ in 0..2 {
        open.write_all(PROBE.as_bytes()).await.unwrap();
        let answer = until(&mut open, "ok\n").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(
            answer.contains("strict-transport-security: max-age="),
            "{answer}"
        );
        authority.write(&folder);
        let service = &server.service;
        let commits = service.reloaders.prepare(&service.settings).unwrap();
        for commit in commits {
            commit();
        }
    }
    let shown =
        |stream: &TlsStream<TcpStream>| stream.get_ref().1.peer_certificates().unwrap()[0].to_vec();
    let new = connect(&server, &authority).await;
    assert_ne!(shown(&new), shown(&open));
}

#[tokio::test]
async fn the_end_of_the_certificate_is_a_metric() {
    let (folder, authority) = (Folder::new(), Authority::new());
    let pair = authority.write(&folder);
    let server = Listening::secured(Limits::default(), folder.tls()).await;
    connect(&server, &authority).await;
    let own = Certificate::from_der(&pair.der()).unwrap();
    let end = own
        .not_after()
        .duration_since(std::time::SystemTime::UNIX_EPOCH)
        .unwrap();
    assert_eq!(
        server.metric(&format!("{EXPIRY}{{}}")),
        end.as_secs().to_string()
    );
    let plain = Listening::start(Limits::default()).await;
    let metrics = plain
        .service
        .metrics
        .render(crate::ops::metrics::Format::OpenMetrics);
    assert!(!metrics.contains(&format!("\n{EXPIRY}{{")), "{metrics}");
}

#[tokio::test]
async fn a_handshake_that_stalls_ends_and_is_counted_among_the_connections() {
    let (folder, authority) = (Folder::new(), Authority::new());
    authority.write(&folder);
    let limits = Limits::default()
        .connections_per_ip(1)
        .handshake_timeout(SHORT);
    let server = Listening::secured(limits, folder.tls()).await;
    let mut stalled = TcpStream::connect(server.address).await.unwrap();
    server.until("mcp_active_connections", "1").await;
    let mut second = TcpStream::connect(server.address).await.unwrap();
    assert_eq!(
        rest(&mut second).await,
        "",
        "it is closed without words that no client of TLS can read"
    );
    assert_eq!(server.refused("per_ip"), "1");
    assert_eq!(rest(&mut stalled).await, "");
    server.until("mcp_active_connections", "0").await;
    assert_eq!(server.refused("handshake"), "1");
    let mut good = connect(&server, &authority).await;
    good.write_all(PROBE.as_bytes()).await.unwrap();
    until(&mut good, "ok\n").await;
}

#[tokio::test]
async fn garbage_and_plain_http_end_their_connection_and_nothing_else() {
    let (folder, authority) = (Folder::new(), Authority::new());
    authority.write(&folder);
    let server = Listening::secured(Limits::default(), folder.tls()).await;
    for garbage in [PROBE, "\u{16}\u{3}\u{1}\u{7f}\u{7f}", "\0\0\0\0\0\0\0\0"] {
        let mut stream = server.send(garbage).await;
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        assert!(!answer.starts_with(b"HTTP"), "{garbage:?}");
    }
    let mut good = connect(&server, &authority).await;
    good.write_all(PROBE.as_bytes()).await.unwrap();
    until(&mut good, "ok\n").await;
}
