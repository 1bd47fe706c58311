//! `health`: one request to a running server, for containers, whose images have no other client.

use std::io;
use std::time::Duration;

use axum::http::Uri;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
#[cfg(feature = "tls")]
use tokio_rustls::rustls::RootCertStore;

use super::show::print;
use crate::config::Settings;
use crate::config::address::Bind;
use crate::error::{Error, Result};

/// The time limit for the whole request.
const LIMIT: Duration = Duration::from_secs(5);
/// The maximum size of the response.
const LONGEST: u64 = 64 * 1024;
/// The path without a URL.
const PATH: &str = "/ready";

/// Requests the readiness of the server at `url`, or at its own address; an error is the reason for not being ready.
///
/// A URL of http or https, an address, a Unix socket such as `unix:/run/mcp.sock`, or a path at its own address, which
/// is that of health and metrics if there is one.
pub(super) async fn check(url: Option<&str>, settings: &Settings) -> Result<()> {
    let (base, path) = match url {
        Some(socket) if socket.starts_with("unix:") => (socket.to_owned(), PATH),
        Some(url) if url.contains("://") => (url.to_owned(), ""),
        Some(path) if path.starts_with('/') => (own(settings), path),
        Some(address) => (format!("http://{address}"), PATH),
        None => (own(settings), PATH),
    };
    let url = format!("{base}{path}");
    let failed = |why: String| Error::usage(format!("{url}: {why}"));
    let asked = tokio::time::timeout(LIMIT, ask(&base, path, settings));
    let answer = match asked.await {
        Ok(Ok(answer)) => answer,
        Ok(Err(cause)) => return Err(failed(cause.to_string())),
        Err(_) => return Err(failed(format!("no answer within {} s", LIMIT.as_secs()))),
    };
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.lines().next().unwrap_or_default();
    let code = status.split(' ').nth(1).unwrap_or_default();
    let body = body.trim();
    if code == "200" {
        print(&format!("{url}: {code} {body}"));
        return Ok(());
    }
    if code.is_empty() || !status.starts_with("HTTP/") {
        return Err(failed("the response is not HTTP".to_owned()));
    }
    Err(failed(format!("{code} {body}")))
}

/// The address for health requests in these settings.
fn own(settings: &Settings) -> String {
    let mut apart = Bind::default();
    if !settings.ops_bind.is_empty() && apart.set(&settings.ops_bind).is_ok() {
        return format!("http://{}", reachable(&apart));
    }
    if let Some(path) = &settings.bind.path {
        return format!("unix:{path}");
    }
    #[cfg(feature = "tls")]
    if settings.tls.is_some() {
        return format!("https://{}", reachable(&settings.bind));
    }
    format!("http://{}", reachable(&settings.bind))
}

/// The address for connecting to a server that listens on all addresses.
pub(super) fn reachable(bind: &Bind) -> Bind {
    let mut reachable = bind.clone();
    match bind.host.as_str() {
        "0.0.0.0" => "127.0.0.1".clone_into(&mut reachable.host),
        "::" => "::1".clone_into(&mut reachable.host),
        _ => {}
    }
    reachable
}

/// Sends one request to `base`, a URL or a socket, and reads the response to the end.
async fn ask(base: &str, path: &str, settings: &Settings) -> io::Result<String> {
    #[cfg(not(feature = "tls"))]
    let _ = settings;
    #[cfg(unix)]
    if let Some(socket) = base.strip_prefix("unix:") {
        let stream = tokio::net::UnixStream::connect(socket).await?;
        return exchange(stream, "localhost", path).await;
    }
    let refused = |why: &str| io::Error::new(io::ErrorKind::InvalidInput, why.to_owned());
    let uri: Uri = format!("{base}{path}")
        .parse()
        .map_err(|_| refused("it is not a URL"))?;
    let port = match uri.scheme_str() {
        Some("http") => 80,
        #[cfg(feature = "tls")]
        Some("https") => 443,
        #[cfg(not(feature = "tls"))]
        Some("https") => {
            let why = "it was built without the feature `tls`; use a plain address, such as that of ops.bind";
            return Err(refused(why));
        }
        _ => return Err(refused("write a URL of http or https")),
    };
    let host = uri.host().unwrap_or_default();
    let name = host.trim_start_matches('[').trim_end_matches(']');
    let stream = TcpStream::connect((name, uri.port_u16().unwrap_or(port))).await?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let authority = uri.authority().map_or(host, |authority| authority.as_str());
    #[cfg(feature = "tls")]
    if uri.scheme_str() == Some("https") {
        let files = settings.tls.as_ref().and_then(|tls| tls.of_files());
        let own = files.map(|files| &*files.certificate);
        let stream = crate::tls::connect(stream, name, own, roots()).await?;
        return exchange(stream, authority, path).await;
    }
    exchange(stream, authority, path).await
}

/// The roots for verifying certificates of other servers.
#[cfg(all(feature = "tls", feature = "client"))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "there are none without the outbound client"
)]
fn roots() -> Option<RootCertStore> {
    Some(crate::client::roots())
}

/// Without the outbound client there are no roots.
#[cfg(all(feature = "tls", not(feature = "client")))]
fn roots() -> Option<RootCertStore> {
    None
}

async fn exchange(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    host: &str,
    path: &str,
) -> io::Result<String> {
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: mcp-runtime\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    let read = stream.take(LONGEST).read_to_end(&mut answer).await;
    // A peer may close without a TLS close notification.
    if answer.is_empty() {
        read?;
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
