//! The HTTP versions of a connection: HTTP/1.1, and HTTP/2 with the feature `http2`.

#[cfg(not(feature = "http2"))]
use hyper::server::conn::http1;
use hyper_util::rt::TokioTimer;
#[cfg(feature = "http2")]
use hyper_util::{rt::TokioExecutor, server::conn::auto};

use crate::limits::Limits;

/// The maximum number of requests that one HTTP/2 connection has in flight.
#[cfg(feature = "http2")]
const STREAMS: u32 = 200;

/// Serves connections, each in the version of its client.
#[cfg(feature = "http2")]
pub(super) type Versions = auto::Builder<TokioExecutor>;
/// Serves connections.
#[cfg(not(feature = "http2"))]
pub(super) type Versions = http1::Builder;

/// Returns the builder of connections within `limits`.
#[cfg(feature = "http2")]
pub(super) fn within(limits: &Limits) -> Versions {
    let mut http = auto::Builder::new(TokioExecutor::new());
    // `Activity` has the timeout for heads: hyper's would close idle connections as well.
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(None)
        .max_headers(limits.header_count)
        .max_buf_size(limits.headers.max(8192));
    http.http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(u32::try_from(limits.headers).unwrap_or(u32::MAX));
    http
}

/// Returns the builder of connections within `limits`.
#[cfg(not(feature = "http2"))]
pub(super) fn within(limits: &Limits) -> Versions {
    let mut http = http1::Builder::new();
    // `Activity` has the timeout for heads: hyper's would close idle connections as well.
    http.timer(TokioTimer::new())
        .header_read_timeout(None)
        .max_headers(limits.header_count)
        .max_buf_size(limits.headers.max(8192));
    http
}
