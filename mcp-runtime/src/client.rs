//! The outbound HTTP client, for documents of issuers and exports of telemetry: HTTP/1.1 and TLS, with limits of time
//! and size. Redirects to private addresses are refused.

mod address;
mod resolver;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::http::uri::{Authority, Uri};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt as _, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::timeout;

use address::is_literal_private;
use resolver::Resolver;

/// The time for a request with all of its redirects.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The maximum size of a response's body, in bytes.
const LARGEST: usize = 1024 * 1024;
/// The maximum number of redirects of one request.
const REDIRECTS: usize = 3;

type Connector = HttpsConnector<HttpConnector<Resolver>>;

/// An HTTP client; clones share their connections.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// For URLs that the operator has configured, which may be private.
    open: Pool<Connector, Full<Bytes>>,
    /// For URLs that a response names, which are public.
    guarded: Pool<Connector, Full<Bytes>>,
}

/// A response, read to its end.
#[derive(Debug)]
pub(crate) struct Response {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Client {
    /// The client that the process shares.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Client> = OnceLock::new();
        SHARED.get_or_init(Self::new)
    }

    fn new() -> Self {
        let tls = tls();
        Self {
            open: pool(tls.clone(), Resolver::Any),
            guarded: pool(tls, Resolver::Public),
        }
    }

    /// Gets a document, and follows redirects: to the same host, or over TLS to a public address.
    pub(crate) async fn get(&self, url: &str) -> Result<Response, String> {
        let url = url.parse().map_err(|_| "it is not a URL".to_owned())?;
        timeout(TIMEOUT, self.follow(url))
            .await
            .unwrap_or_else(|_| Err(late()))
    }

    /// Sends a request, without following redirects.
    #[cfg(feature = "otel")]
    pub(crate) async fn send(&self, request: Request<Full<Bytes>>) -> Result<Response, String> {
        timeout(TIMEOUT, exchange(&self.open, request))
            .await
            .unwrap_or_else(|_| Err(late()))
    }

    async fn follow(&self, mut url: Uri) -> Result<Response, String> {
        let configured = url.authority().cloned();
        let is_tls = url.scheme_str() == Some("https");
        for _ in 0..=REDIRECTS {
            let own = url.authority() == configured.as_ref();
            let pool = if own { &self.open } else { &self.guarded };
            let response = exchange(pool, get(&url)?).await?;
            if !response.status.is_redirection() {
                return Ok(response);
            }
            url = target(&url, &response.headers)?;
            let stays = url.authority() == configured.as_ref();
            if url.scheme_str() != Some("https") && (is_tls || !stays) {
                return Err(format!("it is redirected to {url}, without TLS"));
            }
            if !stays && url.host().is_some_and(is_literal_private) {
                return Err(format!("it is redirected to {url}, a private address"));
            }
        }
        Err(format!("it is redirected more than {REDIRECTS} times"))
    }
}

fn late() -> String {
    format!("no answer within {} s", TIMEOUT.as_secs())
}

fn get(url: &Uri) -> Result<Request<Full<Bytes>>, String> {
    Request::builder()
        .method(Method::GET)
        .uri(url)
        .header(header::ACCEPT, "application/json")
        .header(
            header::USER_AGENT,
            concat!("mcp-runtime/", env!("CARGO_PKG_VERSION")),
        )
        .body(Full::default())
        .map_err(|error| error.to_string())
}

/// The target of a redirect: an absolute URL, or an absolute path.
fn target(from: &Uri, headers: &HeaderMap) -> Result<Uri, String> {
    let location = headers.get(header::LOCATION);
    let location = location.and_then(|it| it.to_str().ok()).unwrap_or_default();
    let absolute = if location.starts_with('/') && !location.starts_with("//") {
        let scheme = from.scheme_str().unwrap_or_default();
        let authority = from.authority().map_or("", Authority::as_str);
        format!("{scheme}://{authority}{location}")
    } else {
        location.to_owned()
    };
    match absolute.parse::<Uri>() {
        Ok(url) if url.authority().is_some() && url.scheme().is_some() => Ok(url),
        _ => Err("the target of the redirect is not an absolute URL".to_owned()),
    }
}

async fn exchange(
    pool: &Pool<Connector, Full<Bytes>>,
    request: Request<Full<Bytes>>,
) -> Result<Response, String> {
    let response = pool.request(request).await.map_err(|error| chain(&error))?;
    let (head, mut incoming) = response.into_parts();
    let mut body = BytesMut::new();
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(|error| chain(&error))?;
        let Ok(piece) = frame.into_data() else {
            continue;
        };
        if body.len() + piece.len() > LARGEST {
            return Err(format!("it is larger than {LARGEST} bytes"));
        }
        body.extend_from_slice(&piece);
    }
    Ok(Response {
        status: head.status,
        headers: head.headers,
        body: body.freeze(),
    })
}

/// The error and its sources, as one text.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

/// TLS with the platform's root certificates.
fn tls() -> ClientConfig {
    // Passed explicitly, so that a program with another default is not disturbed.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = [&rustls::version::TLS13, &rustls::version::TLS12];
    let builder = ClientConfig::builder_with_provider(provider);
    match builder.with_protocol_versions(&versions) {
        Ok(builder) => builder
            .with_root_certificates(roots())
            .with_no_client_auth(),
        // The provider is compiled in with both versions.
        Err(error) => unreachable!("{error}"),
    }
}

/// The platform's root certificates, which `SSL_CERT_FILE` and `SSL_CERT_DIR` replace.
pub(crate) fn roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "a root certificate cannot be read");
    }
    let (added, _) = roots.add_parsable_certificates(found.certs);
    if added == 0 {
        tracing::warn!(
            "there are no root certificates, so that no server can be reached over TLS; install `ca-certificates`, or set SSL_CERT_FILE"
        );
    }
    roots
}

fn pool(tls: ClientConfig, resolver: Resolver) -> Pool<Connector, Full<Bytes>> {
    let mut http = HttpConnector::new_with_resolver(resolver);
    http.enforce_http(false);
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(tls)
        .https_or_http()
        .enable_http1()
        .wrap_connector(http);
    Pool::builder(TokioExecutor::new())
        .pool_max_idle_per_host(1)
        .pool_idle_timeout(Duration::from_secs(30))
        .build(connector)
}
