//! The separate listener for health and metrics: HTTP/1.1, few connections, short timeouts.
//!
//! With [`Server::ops_bind`](crate::Server::ops_bind) the routes for operators are at an address that clients do not
//! reach: their connections are counted separately, so that a full endpoint can still be scraped, and they need no
//! authentication, as only operators reach the address. The guards of host and origin and against floods apply as
//! everywhere.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use futures_util::FutureExt as _;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use super::{Endpoint, operations};

/// The maximum number of open connections; the next one waits.
const CONNECTIONS: usize = 64;
/// The time for a request's head, which is also the idle timeout.
const HEAD: Duration = Duration::from_secs(10);
/// The maximum life of a connection: a scraper opens another one.
const LIFE: Duration = Duration::from_mins(5);

/// Serves the routes of operators on `listener` until no call is in flight.
pub(super) async fn serve(endpoint: Arc<Endpoint>, mut listener: TcpListener) {
    let (places, connections) = (Arc::new(Semaphore::new(CONNECTIONS)), TaskTracker::new());
    let mut ended = pin!(endpoint.service.drain.ended());
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (Listener::accept(&mut listener).await.0, place)
        };
        let (stream, place) = tokio::select! {
            biased;
            () = &mut ended => break,
            accepted = accepted => accepted,
        };
        let endpoint = Arc::clone(&endpoint);
        let served = async move {
            let _ = timeout(LIFE, connection(endpoint, stream)).await;
            drop(place);
        };
        connections.spawn(served.boxed());
    }
    connections.close();
    connections.wait().await;
}

async fn connection(endpoint: Arc<Endpoint>, stream: TcpStream) {
    let service = Arc::clone(&endpoint.service);
    let router = TowerToHyperService::new(operations(endpoint));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD);
    let mut serving = pin!(http.serve_connection(TokioIo::new(stream), router));
    let served = tokio::select! {
        biased;
        served = serving.as_mut() => served,
        () = service.drain.ended() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = served {
        tracing::debug!(%error, "a connection for health and metrics has failed");
    }
}
