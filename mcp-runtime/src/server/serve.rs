//! Serving until a signal or the end of input, and the shutdown in order.

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::net::{TcpListener, ToSocketAddrs};

use super::builder::Server;
use crate::error::{Error, Result};
use crate::handler::call::blocking;
use crate::handler::call::inject::State;
use crate::ops::log;
use crate::ops::signal::Signals;
use crate::service::Service;
use crate::transport::{http, stdio};

/// How long the end may take once everything is done: writing answers, and whatever the program does after serving.
const GRACE: Duration = Duration::from_secs(1);

impl<S: State> Server<S> {
    /// Serves stdin and stdout until the input ends, or SIGTERM or SIGINT arrives.
    ///
    /// Whatever else prints to stdout, now or later, goes to stderr (on Unix).
    pub async fn serve_stdio(self) -> Result<()> {
        let service = self.build()?;
        let signals =
            Signals::listen().map_err(|cause| Error::io("signals cannot be handled", cause))?;
        let serving = stdio::serve(Arc::clone(&service));
        until_shutdown(&service, signals, serving)
            .await
            .map_err(|cause| Error::io("stdio cannot be served", cause))
    }

    /// Serves HTTP on `address` until SIGTERM or SIGINT arrives; says on stderr where it listens.
    pub async fn serve_http(self, address: impl ToSocketAddrs + std::fmt::Debug) -> Result<()> {
        let service = self.build()?;
        let shown = format!("{address:?}").trim_matches('"').to_owned();
        let signals =
            Signals::listen().map_err(|cause| Error::io("signals cannot be handled", cause))?;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|cause| Error::listen(shown, cause))?;
        #[cfg(unix)]
        let _captured =
            log::capture().map_err(|cause| Error::io("stderr cannot be taken over", cause))?;
        announce(&listener);
        let serving = http::serve(Arc::clone(&service), listener);
        until_shutdown(&service, signals, serving)
            .await
            .map_err(|cause| Error::io("HTTP cannot be served", cause))
    }
}

/// Says where the server listens: a person waits for this line, whatever the log level is.
fn announce(listener: &TcpListener) {
    if let Ok(address) = listener.local_addr() {
        log::write(format!("listening on http://{address}{}\n", http::PATH).as_bytes());
    }
}

/// Runs `serving` until it ends, its input does or a signal arrives; then not ready → refuse → end streams → wait →
/// cancel.
async fn until_shutdown(
    service: &Arc<Service>,
    mut signals: Signals,
    serving: impl Future<Output = io::Result<()>>,
) -> io::Result<()> {
    if cfg!(panic = "abort") {
        tracing::warn!(
            "built with `panic = \"abort\"`: a panic in a tool ends the server instead of the call"
        );
    }
    tokio::pin!(serving);
    let deadline = service.settings.shutdown_deadline;
    let cause = tokio::select! {
        biased;
        ended = &mut serving => {
            service.drain.finish(deadline).await;
            return ended;
        }
        signal = signals.next() => signal,
        () = service.drain.begun() => "end of input",
    };
    service.drain.begin();
    tracing::info!(cause, "shutting down");
    signals.exit_on_next();
    let finish = service.drain.finish(deadline);
    tokio::pin!(finish);
    let ended = tokio::select! {
        ended = &mut serving => {
            // A call may outlive the connection that it came on.
            finish.await;
            ended
        }
        // What has been answered is still on its way to the client; a connection that never ends is left behind.
        _ = &mut finish => tokio::time::timeout(GRACE, serving).await.unwrap_or(Ok(())),
    };
    leave_blocked();
    ended
}

/// A function on the blocking pool cannot be stopped, and tokio would wait for it; the process ends without it.
fn leave_blocked() {
    let calls = blocking::running();
    if calls > 0 {
        tracing::warn!(calls, "blocking calls are left behind");
        thread::spawn(|| {
            thread::sleep(GRACE);
            log::flush(log::FLUSH);
            std::process::exit(0);
        });
    }
}
