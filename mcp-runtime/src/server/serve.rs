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
use crate::ops::signal::Signals;
use crate::service::Service;
use crate::transport::{http, stdio};

/// The time for the last answers to be written, and for the program to end after serving.
const GRACE: Duration = Duration::from_secs(1);

impl<S: State> Server<S> {
    /// Serves stdin and stdout until the input ends, or SIGTERM or SIGINT arrives.
    ///
    /// Other output to stdout, of the program or its children, goes to stderr (on Unix).
    pub async fn serve_stdio(self) -> Result<()> {
        let service = self.build()?;
        let signals =
            Signals::listen().map_err(|cause| Error::io("signals cannot be handled", cause))?;
        let serving = stdio::serve(Arc::clone(&service));
        until_shutdown(&service, signals, serving)
            .await
            .map_err(|cause| Error::io("stdio cannot be served", cause))
    }

    /// Serves HTTP on `address` until SIGTERM or SIGINT arrives; prints the address to stderr.
    pub async fn serve_http(self, address: impl ToSocketAddrs + std::fmt::Debug) -> Result<()> {
        let service = self.build()?;
        let shown = format!("{address:?}").trim_matches('"').to_owned();
        let signals =
            Signals::listen().map_err(|cause| Error::io("signals cannot be handled", cause))?;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|cause| Error::listen(shown, cause))?;
        announce(&listener);
        let serving = http::serve(Arc::clone(&service), listener);
        until_shutdown(&service, signals, serving)
            .await
            .map_err(|cause| Error::io("HTTP cannot be served", cause))
    }
}

#[expect(
    clippy::print_stderr,
    reason = "a person waits for this line, whatever the log level is"
)]
fn announce(listener: &TcpListener) {
    if let Ok(address) = listener.local_addr() {
        eprintln!("listening on http://{address}{}", http::PATH);
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
        // Responses may still be in transit to the client; a connection that never ends is abandoned.
        _ = &mut finish => tokio::time::timeout(GRACE, serving).await.unwrap_or(Ok(())),
    };
    leave_blocked();
    ended
}

/// Ends the process without the functions on the blocking pool, which cannot be stopped, and for which tokio would wait.
fn leave_blocked() {
    let calls = blocking::running();
    if calls > 0 {
        tracing::warn!(calls, "blocking calls are left behind");
        thread::spawn(|| {
            thread::sleep(GRACE);
            std::process::exit(0);
        });
    }
}
