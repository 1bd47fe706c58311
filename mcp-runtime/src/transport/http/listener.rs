//! Listening: accepts connections within their limits, serves each until it is idle or slow, and a shutdown that
//! nothing holds up.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep_until};
use tokio_util::task::TaskTracker;

use super::apart;
use super::connection::{Activity, Connection, Open, Verdict};
use super::front::Front;
use super::places::{Place, Places};
use super::sender::Peer;
use super::turn_away::TurnAway;
use crate::limits::Limit;
use crate::service::Service;

/// The time after which the kernel asks a silent peer whether it is still there.
const KEEPALIVE: Duration = Duration::from_mins(1);
/// The maximum number of requests that one HTTP/2 connection has in flight.
const STREAMS: u32 = 200;

/// Serves HTTP on `listener` until shutdown, and then until no call is in flight and no connection is open.
///
/// Until then it continues to respond, so that a probe reads "not ready" and a new call is refused. With `apart`, health
/// and metrics are served there.
pub(crate) async fn serve(
    service: Arc<Service>,
    mut listener: TcpListener,
    apart: Option<TcpListener>,
) -> io::Result<()> {
    let limits = &service.settings.limits;
    let places = Places::new(limits.connections, limits.connections_per_ip);
    let turn_away = TurnAway::default();
    let server = Server::new(&service, apart.is_none());
    let connections = TaskTracker::new();
    if let Some(apart) = apart {
        connections.spawn(apart::serve(server.front.endpoint(), apart));
    }
    let mut ended = pin!(service.drain.ended());
    loop {
        let (stream, address) = tokio::select! {
            biased;
            () = &mut ended => break,
            // axum's own accept waits out errors such as too many open files.
            accepted = Listener::accept(&mut listener) => accepted,
        };
        tune(&stream);
        match places.take(address.ip()) {
            Ok(place) => {
                connections.spawn(server.clone().serve(stream, address, place));
            }
            Err(limit) => {
                service.metrics.refused(limit);
                turn_away.one(stream, limit);
            }
        }
    }
    connections.close();
    connections.wait().await;
    Ok(())
}

/// Serves connections of one listener.
#[derive(Clone)]
struct Server {
    service: Arc<Service>,
    front: Front,
    http: Builder<TokioExecutor>,
}

impl Server {
    fn new(service: &Arc<Service>, has_operations: bool) -> Self {
        let limits = &service.settings.limits;
        let mut http = Builder::new(TokioExecutor::new());
        // The time for a head is `Activity`'s: hyper's would end connections that are idle as well.
        http.http1()
            .timer(TokioTimer::new())
            .header_read_timeout(None)
            .max_headers(limits.header_count)
            .max_buf_size(limits.headers.max(8192));
        http.http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .max_header_list_size(u32::try_from(limits.headers).unwrap_or(u32::MAX));
        Self {
            front: Front::new(Arc::clone(service), has_operations),
            service: Arc::clone(service),
            http,
        }
    }

    async fn serve(self, stream: TcpStream, address: SocketAddr, _place: Place) {
        let metrics = &self.service.metrics;
        let _open = Open::new(metrics.connections.clone());
        let limits = &self.service.settings.limits;
        let activity = Arc::new(Activity::new(limits.header_timeout, limits.idle_timeout));
        let io = TokioIo::new(Connection::new(stream, Arc::clone(&activity)));
        let front = self
            .front
            .for_connection(Peer(address.ip()), Arc::clone(&activity));
        let serving = self
            .http
            .serve_connection(io, TowerToHyperService::new(front));
        let mut serving = pin!(serving);
        let mut ended = pin!(self.service.drain.ended());
        let mut closing = false;
        let mut check = pin!(sleep_until(Instant::now() + limits.header_timeout));
        loop {
            tokio::select! {
                biased;
                result = serving.as_mut() => {
                    if let Err(error) = result {
                        self.failed(&*error);
                    }
                    return;
                }
                () = &mut ended, if !closing => {
                    closing = true;
                    serving.as_mut().graceful_shutdown();
                }
                () = &mut check => match activity.verdict(Instant::now()) {
                    Verdict::Fine(until) => check.as_mut().reset(until),
                    Verdict::Idle => return,
                    Verdict::Slow => {
                        metrics.refused(Limit::Slow);
                        return;
                    }
                },
            }
        }
    }

    fn failed(&self, error: &(dyn std::error::Error + Send + Sync + 'static)) {
        if error
            .downcast_ref::<hyper::Error>()
            .is_some_and(hyper::Error::is_parse_too_large)
        {
            self.service.metrics.refused(Limit::Headers);
        }
        tracing::debug!(error = %error, "a connection has failed");
    }
}

/// Small messages are not held back, and the kernel notices a peer that has gone without a word.
fn tune(stream: &TcpStream) {
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE);
    let tuned = stream
        .set_nodelay(true)
        .and_then(|()| SockRef::from(stream).set_tcp_keepalive(&keepalive));
    if let Err(error) = tuned {
        tracing::debug!(%error, "TCP_NODELAY or TCP keepalive could not be set");
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;
