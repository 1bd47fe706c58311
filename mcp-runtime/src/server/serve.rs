//! Serving until a signal or the end of input, and the shutdown in order.

use std::io;
use std::sync::Arc;

use tokio::net::{TcpListener, ToSocketAddrs};

use super::builder::Server;
use super::error::{Error, Result};
use crate::handler::inject::State;
use crate::ops::signal::Signals;
use crate::service::Service;
use crate::transport::{http, stdio};

impl<S: State> Server<S> {
    /// Serves stdin and stdout until the input ends, or SIGTERM or SIGINT arrives.
    ///
    /// Whatever else prints to stdout, now or later, goes to stderr (on Unix).
    pub async fn serve_stdio(self) -> Result<()> {
        let service = self.build()?;
        let signals = Signals::listen().map_err(|cause| Error::io("signals cannot be handled", cause))?;
        let serving = stdio::serve(Arc::clone(&service));
        until_shutdown(&service, signals, serving).await.map_err(|cause| Error::io("stdio cannot be served", cause))
    }

    /// Serves HTTP on `address` until SIGTERM or SIGINT arrives; says on stderr where it listens.
    pub async fn serve_http(self, address: impl ToSocketAddrs + std::fmt::Debug) -> Result<()> {
        let service = self.build()?;
        let shown = format!("{address:?}").trim_matches('"').to_owned();
        let signals = Signals::listen().map_err(|cause| Error::io("signals cannot be handled", cause))?;
        let listener = TcpListener::bind(address).await.map_err(|cause| Error::listen(shown, cause))?;
        announce(&listener);
        let serving = http::serve(Arc::clone(&service), listener);
        until_shutdown(&service, signals, serving).await.map_err(|cause| Error::io("HTTP cannot be served", cause))
    }
}

#[expect(clippy::print_stderr, reason = "a person waits for this line, whatever the log level is")]
fn announce(listener: &TcpListener) {
    if let Ok(address) = listener.local_addr() {
        eprintln!("listening on http://{address}{}", http::PATH);
    }
}

/// Runs `serving` until it ends or a signal arrives; then not ready → refuse → end streams → wait → cancel.
async fn until_shutdown(
    service: &Arc<Service>,
    mut signals: Signals,
    serving: impl Future<Output = io::Result<()>>,
) -> io::Result<()> {
    tokio::pin!(serving);
    let deadline = service.settings.shutdown_deadline;
    let signal = tokio::select! {
        ended = &mut serving => {
            service.drain.finish(deadline).await;
            return ended;
        }
        signal = signals.next() => signal,
    };
    tracing::info!(signal, "shutting down");
    signals.exit_on_next();
    let finished = async {
        service.drain.finish(deadline).await;
        // What has been answered is still on its way to the client; a connection that never ends is left behind.
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    };
    tokio::select! {
        ended = &mut serving => ended,
        () = finished => Ok(()),
    }
}
