//! Requests to other servers: one client for all calls, timeouts, retries, and a guard against SSRF.
//!
//! A model that can name a URL can name `http://169.254.169.254/` or the router of the office (server-side request
//! forgery). The guard is part of name resolution, so that a name that resolves to another address the second time is
//! rejected too; this client follows no redirects.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use hyper_util::rt::TokioExecutor;
use mcp_runtime::axum::body::Bytes;
use mcp_runtime::axum::http::Uri;
use mcp_runtime::{Server, State, ToolError, tool, tools};
use tower::Service;

/// The maximum size of a body, in bytes.
const LARGEST: usize = 256 * 1024;

/// The permitted addresses.
type Guard = fn(IpAddr) -> bool;

/// The client, whose connections all calls share.
#[derive(State)]
pub(crate) struct Web {
    client: Client<HttpConnector<Guarded>, Empty<Bytes>>,
    #[state(skip)]
    guard: Guard,
}

impl Web {
    fn new(guard: Guard) -> Self {
        let mut connector = HttpConnector::new_with_resolver(Guarded {
            resolver: GaiResolver::new(),
            guard,
        });
        connector.set_connect_timeout(Some(Duration::from_secs(3)));
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(4)
            .build(connector);
        Self { client, guard }
    }

    /// Fetches a text; transient errors are marked as retryable.
    async fn get(&self, uri: Uri) -> Result<String, ToolError> {
        let host = uri.host().unwrap_or_default();
        let literal = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>();
        // Literal addresses are not resolved.
        if literal.is_ok_and(|address| !(self.guard)(address)) {
            return Err(ToolError::new(format!("{host} is not a public address")));
        }
        let response = self.client.get(uri).await;
        let response = response.map_err(|error| ToolError::from(error).retryable())?;
        let status = response.status();
        if status.is_server_error() {
            return Err(ToolError::new(format!("the server answered {status}")).retryable());
        }
        if !status.is_success() {
            return Err(ToolError::new(format!("the server answered {status}")));
        }
        let body = Limited::new(response.into_body(), LARGEST).collect().await;
        let body =
            body.map_err(|_| ToolError::new("the page is larger than 256 KiB, or broke off"))?;
        Ok(String::from_utf8_lossy(&body.to_bytes()).into_owned())
    }
}

/// Fetches a text from the web, by plain HTTP.
#[tool(
    read_only,
    open_world,
    timeout = "10s",
    retry = 2,
    concurrency = 8,
    rate_limit = "60/min",
    max_output = "256KiB"
)]
async fn fetch(web: &Web, #[arg(url)] url: String) -> Result<String, ToolError> {
    let uri: Uri = url
        .parse()
        .map_err(|_| ToolError::new("the URL is not valid"))?;
    if uri.scheme_str() != Some("http") {
        return Err(ToolError::new(
            "write an http:// URL; this example has no TLS",
        ));
    }
    web.get(uri).await
}

/// Resolves names to addresses that the guard permits.
#[derive(Clone)]
pub(crate) struct Guarded {
    resolver: GaiResolver,
    guard: Guard,
}

impl Service<Name> for Guarded {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.resolver.poll_ready(cx)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let (guard, resolved) = (self.guard, self.resolver.call(name));
        Box::pin(async move {
            let allowed: Vec<_> = resolved.await?.filter(|it| guard(it.ip())).collect();
            if allowed.is_empty() {
                return Err(io::Error::other("the name has no public address"));
            }
            Ok(allowed.into_iter())
        })
    }
}

/// Returns whether an address belongs to the public internet (IANA's registries of special-purpose addresses).
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = match a {
        0 | 10 | 127 | 224..=255 => true,
        100 => (64..128).contains(&b),
        169 => b == 254,
        172 => (16..32).contains(&b),
        192 => matches!((b, c), (168, _) | (0, 0 | 2) | (88, 99)),
        198 => matches!((b, c), (18 | 19, _) | (51, 100)),
        203 => (b, c) == (0, 113),
        _ => false,
    };
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, ..] = address.segments();
    let inside = |high: u16, low: u16| {
        let ([h1, h2], [l1, l2]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(h1, h2, l1, l2))
    };
    match (a, b) {
        // NAT64 and 6to4 lead to an IPv4 address.
        (0x64, 0xff9b) => {
            let [.., high, low] = address.segments();
            address.segments()[2..6] == [0; 4] && inside(high, low)
        }
        (0x2002, _) => inside(b, c),
        // Teredo, benchmarks, ORCHID, documentation.
        (0x2001, 0..0x200 | 0xdb8) | (0x3fff, 0..0x1000) => false,
        _ => (0x2000..0x4000).contains(&a),
    }
}

pub(crate) fn server() -> Server<Web> {
    serve(is_public)
}

fn serve(guard: Guard) -> Server<Web> {
    Server::new("outbound", "1.0.0")
        .state(Web::new(guard))
        .tools(tools![fetch])
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use mcp_runtime::axum::http::StatusCode;
    use mcp_runtime::axum::{self, Router, routing::get};
    use mcp_testkit::TestClient;
    use serde_json::json;

    use super::*;

    /// A server that fails once, then responds.
    async fn flaky() -> String {
        let count = Arc::new(AtomicU32::new(0));
        let answer = move || {
            let first = count.fetch_add(1, Ordering::Relaxed) == 0;
            async move {
                if first {
                    (StatusCode::BAD_GATEWAY, "later")
                } else {
                    (StatusCode::OK, "hello")
                }
            }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.unwrap_or_else(|error| panic!("{error}"));
        let address = listener.local_addr().map(|it| it.to_string());
        tokio::spawn(
            async move { axum::serve(listener, Router::new().route("/", get(answer))).await },
        );
        format!("http://{}/", address.unwrap_or_default())
    }

    #[tokio::test]
    async fn a_failure_that_passes_is_tried_again() {
        let client = TestClient::new(serve(|_| true)).await;
        let url = flaky().await;
        client
            .call("fetch", json!({ "url": url }))
            .await
            .assert_text("hello");
    }

    #[tokio::test]
    async fn addresses_inside_are_out_of_reach_by_number_and_by_name() {
        let client = TestClient::new(server()).await;
        let url = flaky().await;
        client
            .call("fetch", json!({ "url": url }))
            .await
            .assert_error("not a public address");
        for url in [
            "http://[::1]/",
            "http://169.254.169.254/latest",
            "http://[::ffff:10.0.0.1]/",
        ] {
            client
                .call("fetch", json!({ "url": url }))
                .await
                .assert_error("not a public address");
        }
        let by_name = client
            .call("fetch", json!({ "url": "http://localhost:1/" }))
            .await;
        by_name.assert_error("failed (reference");
    }

    #[test]
    fn special_addresses_are_not_public() {
        for text in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            let address: Result<IpAddr, _> = text.parse();
            assert_eq!(address.map(is_public), Ok(false), "{text}");
        }
        for text in [
            "1.1.1.1",
            "8.8.8.8",
            "100.128.0.1",
            "172.32.0.1",
            "192.1.0.1",
            "198.20.0.1",
            "64:ff9b::808:808",
            "2002:808:808::",
            "2606:4700::1111",
            "2001:4860:4860::8888",
        ] {
            let address: Result<IpAddr, _> = text.parse();
            assert_eq!(address.map(is_public), Ok(true), "{text}");
        }
    }
}
