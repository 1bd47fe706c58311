//! `health`: one request to a server that runs, for containers, whose images have no other client.

use std::io;
use std::time::Duration;

use axum::http::Uri;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::show::print;
use crate::config::address::Bind;
use crate::error::{Error, Result};

/// The time for all of it.
const LIMIT: Duration = Duration::from_secs(5);
/// The maximum size of an answer that is read.
const LONGEST: u64 = 64 * 1024;
/// The path without a URL.
const PATH: &str = "/ready";

/// Asks the server at `url`, or the one at the own address whether it is ready; an error says what is wrong.
pub(super) async fn check(url: Option<&str>, bind: &Bind) -> Result<()> {
    let url = match url {
        Some(url) if url.contains("://") => url.to_owned(),
        Some(path) if path.starts_with('/') => format!("http://{}{path}", reachable(bind)),
        Some(address) => format!("http://{address}{PATH}"),
        None => format!("http://{}{PATH}", reachable(bind)),
    };
    let failed = |why: String| Error::usage(format!("{url}: {why}"));
    let uri: Uri = url.parse().map_err(|_| failed("it is no URL".to_owned()))?;
    if uri.scheme_str() != Some("http") {
        let why = "only http:// can be asked; a server with TLS can have health checks of its own";
        return Err(failed(why.to_owned()));
    }
    let asked = tokio::time::timeout(LIMIT, ask(&uri));
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
        return Err(failed("it does not answer as an HTTP server".to_owned()));
    }
    Err(failed(format!("{code} {body}")))
}

/// The address at which a server that listens on all addresses is reached from here.
pub(super) fn reachable(bind: &Bind) -> Bind {
    let mut reachable = bind.clone();
    match bind.host.as_str() {
        "0.0.0.0" => "127.0.0.1".clone_into(&mut reachable.host),
        "::" => "::1".clone_into(&mut reachable.host),
        _ => {}
    }
    reachable
}

/// Sends one request and reads its answer to the end.
async fn ask(uri: &Uri) -> io::Result<String> {
    let host = uri.host().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let mut stream = TcpStream::connect((bare, uri.port_u16().unwrap_or(80))).await?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let authority = uri.authority().map_or(host, |authority| authority.as_str());
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: mcp-runtime\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(LONGEST).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
