//! Listening: accepts connections within their limits, serves each until it is idle or slow, and shuts down without
//! being blocked by a connection.
//!
//! Order for a connection: accept, a place (in all, and for its address), the flood, TLS, HTTP. The number of places
//! is that of [`Limits::connections`](crate::Limits::connections), or 80 % of the process's descriptors, whichever is
//! less. A connection without a place gets the reason, within limits (`turn_away.rs`).
//!
//! On shutdown, listening continues until no call is in flight, so that a probe reads 503 instead of a refused
//! connection; then connections are closed in order, and the function returns with the last one.

use std::io;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;

use futures_util::FutureExt as _;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep_until};
use tokio_util::task::TaskTracker;

use super::apart;
use super::aside::Aside;
use super::connection::{Activity, Connection, Open, Verdict};
use super::front::{From, Front};
use super::places::{Place, Places};
use super::secure;
use super::sender::Peer;
use super::socket::{Listener, Socket};
use super::turn_away::TurnAway;
use super::versions;
use crate::limits::Limit;
use crate::ops::descriptors;
use crate::service::Service;

/// Serves HTTP on `listener` until shutdown, and then until no call is in flight and no connection is open.
///
/// Until then it continues to respond, so that a probe reads "not ready" and a new call is refused. With `apart`,
/// health and metrics are served there.
pub(crate) async fn serve(
    service: Arc<Service>,
    mut listener: Listener,
    apart: Option<TcpListener>,
) -> io::Result<()> {
    let number = |read| service.reloaders.number(&service.settings, read);
    let places = Places::new(
        number(|it| descriptors::for_connections(it.limits.connections)),
        number(|it| it.limits.connections_per_ip),
    );
    let turn_away = TurnAway::new(service.scheme() == "https");
    let server = Server::new(&service, apart.is_none());
    let connections = TaskTracker::new();
    #[cfg(feature = "tls")]
    secure::follow(&service);
    if let Some(apart) = apart {
        connections.spawn(apart::serve(server.front.endpoint(), apart).boxed());
    }
    let mut ended = pin!(service.drain.ended());
    loop {
        let (socket, address) = tokio::select! {
            biased;
            () = &mut ended => break,
            accepted = listener.accept() => accepted,
        };
        match server.admit(&places, address) {
            Ok(place) => {
                connections.spawn(server.clone().serve(socket, address, place));
            }
            Err(limit) => {
                service.metrics.refused(limit);
                turn_away.one(socket, limit);
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
}

impl Server {
    fn new(service: &Arc<Service>, has_operations: bool) -> Self {
        Self {
            front: Front::new(Arc::clone(service), has_operations),
            service: Arc::clone(service),
        }
    }

    /// Takes a place for a connection from `address`. Trusted proxies are not counted by address: each has the
    /// connections of many callers.
    fn admit(&self, places: &Places, address: Option<IpAddr>) -> Result<Place, Limit> {
        let address = address.filter(|address| !self.front.trusts(*address));
        if address.is_some_and(|address| self.front.is_flooded(address)) {
            return Err(Limit::Flood);
        }
        places.take(address)
    }

    /// The place is released when this returns, or, for a connection that has become a WebSocket,
    /// when that ends.
    async fn serve(self, socket: Socket, address: Option<IpAddr>, place: Place) {
        let metrics = &self.service.metrics;
        let open = Open::new(metrics.connections.clone(), place);
        let settings = self.service.settings_now();
        let limits = &settings.limits;
        let mut from = From::new(address.map(Peer), &open);
        let Some(socket) = secure::secure(&self.service, socket, &mut from).await else {
            return;
        };
        let activity = Arc::new(Activity::new(limits.header_timeout, limits.idle_timeout));
        let io = TokioIo::new(Connection::new(socket, Arc::clone(&activity)));
        let front = self.front.for_connection(from, Arc::clone(&activity));
        let http = versions::within(limits);
        let service = service_fn(move |request| front.answer(request));
        #[cfg(feature = "http2")]
        let serving = http.serve_connection_with_upgrades(io, service);
        #[cfg(not(feature = "http2"))]
        let serving = http.serve_connection(io, service).with_upgrades();
        let mut serving = pin!(serving);
        let mut watch = Watch {
            service: Arc::clone(&self.service),
            activity,
            check: Instant::now() + limits.header_timeout,
            is_told: false,
            is_closing: false,
        };
        loop {
            let mut news = Aside::new(watch.next());
            let told = tokio::select! {
                biased;
                result = serving.as_mut() => {
                    if let Err(error) = result {
                        self.failed(error);
                    }
                    return;
                }
                told = &mut news => told,
            };
            let (rest, news) = told;
            watch = rest;
            match news {
                News::Last => serving.as_mut().graceful_shutdown(),
                News::Idle => return,
                News::Slow => {
                    metrics.refused(Limit::Slow);
                    return;
                }
            }
        }
    }

    fn failed(&self, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) {
        let error = error.into();
        if error
            .downcast_ref::<hyper::Error>()
            .is_some_and(hyper::Error::is_parse_too_large)
        {
            self.service.metrics.refused(Limit::Headers);
        }
        tracing::debug!(error = %error, "a connection has failed");
    }
}

/// The reason why the server ends a connection.
#[derive(Debug)]
enum News {
    /// It takes no further request.
    Last,
    /// It is closed: nothing has been asked for too long.
    Idle,
    /// It is closed: a head has taken too long.
    Slow,
}

/// Waits for a reason to end a connection.
struct Watch {
    service: Arc<Service>,
    activity: Arc<Activity>,
    /// The time of the next look at what has happened on it.
    check: Instant,
    is_told: bool,
    is_closing: bool,
}

impl Watch {
    async fn next(mut self) -> (Self, News) {
        let service = Arc::clone(&self.service);
        let mut ended = pin!(service.drain.ended());
        let mut leaving = pin!(service.drain.leaving());
        let mut check = pin!(sleep_until(self.check));
        loop {
            tokio::select! {
                biased;
                () = &mut ended, if !self.is_closing => {
                    self.is_closing = true;
                    return (self, News::Last);
                }
                // HTTP/1.1 is notified by a header of its next response; an idle connection that is closed now might
                // be in use just then.
                () = &mut leaving, if !self.is_told => {
                    self.is_told = true;
                    if self.activity.is_http2() {
                        return (self, News::Last);
                    }
                }
                () = &mut check => match self.activity.verdict(Instant::now()) {
                    Verdict::Fine(until) => {
                        self.check = until;
                        check.as_mut().reset(until);
                    }
                    Verdict::Idle => return (self, News::Idle),
                    Verdict::Slow => return (self, News::Slow),
                },
            }
        }
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
pub(super) mod tests;
