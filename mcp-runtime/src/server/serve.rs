//! Serving until a signal or the end of input, and the ordered shutdown.
//!
//! The order of a start: the service is built (which reports all faults), signals are handled from now on, the
//! verifiers of callers are started (`Authenticate::start`), the port is bound, the hooks of `on_start` run, and only
//! then is anything accepted or read. A port that is taken is thus reported before the hooks have touched a database;
//! a signal during the hooks ends the start.
//!
//! The order of a shutdown is in [`until_shutdown`]. Code that cannot be stopped, such as a sync function on the pool
//! or a first poll that never returns, is abandoned: tokio would wait for it when the runtime is dropped, so that
//! [`Watch`], on a separate thread, ends the process a second after everything else is done. The exit code is 1 if a
//! caller has no response.

use std::io::{self, IsTerminal as _};
#[cfg(unix)]
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::net::{TcpListener, ToSocketAddrs};
use tokio_util::task::AbortOnDropHandle;

use super::builder::{Parts, Server};
use super::reload::{Configuration, Reloading};
use crate::background;
use crate::config::LogFormat;
use crate::error::{Error, Result};
use crate::handler::call::blocking;
use crate::handler::call::inject::State;
use crate::ops::drain::CANCELLED;
use crate::ops::log;
#[cfg(feature = "otel")]
use crate::ops::otel::FLUSH;
use crate::ops::signal::Watch;
use crate::ops::systemd;
use crate::policy::contain::contain_now;
use crate::service::Service;
use crate::transport::{http, stdio};

/// The time for writing the last responses, and again for the rest of the program if something had to be abandoned.
const GRACE: Duration = Duration::from_secs(1);
/// The longest wait for other references to the service to be dropped.
const RELEASE: Duration = Duration::from_millis(100);
/// The hint for a person who starts a server without a client.
const AT_A_TERMINAL: &str =
    "serves MCP over stdio, and waits for a client's messages; Ctrl-C or Ctrl-D ends it";

impl<S: State> Server<S> {
    /// Serves stdin and stdout until the input ends, or SIGTERM or SIGINT arrives.
    ///
    /// Other output to stdout, of the program or its children, goes to stderr (on Unix), without blocking on its
    /// reader; output that stderr does not take is dropped and counted. Input is read once the hooks of
    /// [`Server::on_start`] have succeeded. The process ends as with [`Server::serve_http`].
    ///
    /// The settings are those of the program alone; [`Server::run`] also reads the file, the environment and flags.
    ///
    /// One client has the other end, and is anonymous. Messages are lines of UTF-8 JSON
    /// (specification,
    /// [transports](https://modelcontextprotocol.io/specification/2026-07-28/basic/transports)).
    ///
    /// # Errors
    ///
    /// The errors of [`Server::check`], except for those of verifiers of callers, and an error of stdin or stdout
    /// other than that the client has closed it.
    pub async fn serve_stdio(self) -> Result<()> {
        self.into_parts().serve_stdio(None).await
    }

    /// Serves HTTP on `address` until SIGTERM or SIGINT arrives; prints its URL on stderr.
    ///
    /// The address `unix:/run/shop.sock` is a Unix socket. Its permissions follow from the umask; access is also
    /// limited by its folder. A stale socket is replaced, any other file at the path stops the start, and the file is
    /// removed at the end. Callers have no address, unless a layer or a proxy's own authentication names them.
    ///
    /// The limit of open files is raised to its hard maximum, of which connections may take 80 %. systemd is notified
    /// of the start, the end and the watchdog's heartbeat (`Type=notify`).
    ///
    /// Calls in flight have until the [deadline](Server::shutdown_deadline); then they are cancelled with an error to
    /// their callers. Code that does not yield, such as a loop without an `.await`, cannot be cancelled: the process
    /// exits 3 s after the deadline at the latest, with code 1 if a caller has no response. A second signal ends it
    /// immediately, with code 130. SIGHUP makes the server reload its files, and never ends it.
    ///
    /// The settings are those of the program alone; [`Server::run`] also reads the file, the environment and flags.
    ///
    /// # Errors
    ///
    /// [`Error::is_bind`](crate::Error::is_bind) if the address cannot be listened on, and the
    /// errors of [`Server::check`]. An error of a hook of [`Server::on_start`] is returned with its
    /// text.
    pub async fn serve_http(self, address: impl ToSocketAddrs + std::fmt::Debug) -> Result<()> {
        serve_http(self.into_parts(), address, None).await
    }
}

impl Parts {
    /// Serves stdin and stdout with settings that were read from `configuration`.
    #[inline(never)]
    pub(super) fn serve_stdio(
        self,
        configuration: Option<Box<Configuration>>,
    ) -> BoxFuture<'static, Result<()>> {
        Box::pin(self.serve_stdin(configuration))
    }

    async fn serve_stdin(self, configuration: Option<Box<Configuration>>) -> Result<()> {
        let has_commands = configuration.is_some();
        let service = self.build()?;
        let Some(served) = Served::begin(Arc::clone(&service), configuration)?
            .start()
            .await?
        else {
            return Ok(());
        };
        if io::stdin().is_terminal() {
            let name = &service.identity.info.name;
            let json = service.settings.log_format == LogFormat::Json;
            let commands = if has_commands {
                ", --help lists its other commands"
            } else {
                ""
            };
            log::announce(json, "INFO", &format!("{name} {AT_A_TERMINAL}{commands}"));
        }
        let serving = stdio::serve(service);
        served
            .run(serving)
            .await
            .map_err(|cause| Error::io("stdio cannot be served", cause))
    }

    /// Starts to serve HTTP at an address of this form; `None` if it is a Unix socket, which has been served to its end.
    #[inline(never)]
    fn begin_http(
        self,
        shown: String,
        configuration: Option<Box<Configuration>>,
    ) -> BoxFuture<'static, Result<Option<Served>>> {
        Box::pin(async move {
            let service = self.build_http()?;
            #[cfg(unix)]
            if let Some(path) = shown.strip_prefix("unix:") {
                serve_unix(service, Path::new(path), configuration).await?;
                return Ok(None);
            }
            Served::begin_http(service, configuration).await.map(Some)
        })
    }
}

/// Serves HTTP on `address` with settings that were read from `configuration`.
pub(super) async fn serve_http(
    parts: Parts,
    address: impl ToSocketAddrs + std::fmt::Debug,
    configuration: Option<Box<Configuration>>,
) -> Result<()> {
    let shown = format!("{address:?}").trim_matches('"').to_owned();
    let Some(served) = parts.begin_http(shown.clone(), configuration).await? else {
        return Ok(());
    };
    let bound = TcpListener::bind(address).await;
    served.serve_tcp(bound, shown).await
}

/// Serves HTTP on a Unix socket.
#[cfg(unix)]
async fn serve_unix(
    service: Arc<Service>,
    path: &Path,
    configuration: Option<Box<Configuration>>,
) -> Result<()> {
    let shown = format!("unix:{}", path.display());
    if service.scheme() == "https" {
        let advice =
            "a Unix socket is not encrypted; leave out the settings of tls, or listen on a port";
        return Err(Error::setting("bind", &shown, advice));
    }
    let served = Served::begin_http(service, configuration).await?;
    let (listener, _file) = http::bind_unix(path).map_err(|cause| Error::listen(&shown, cause))?;
    served.serve(http::Listener::Unix(listener), &shown).await
}

/// Listens at the address of health and metrics, if they have one.
async fn listen_apart(service: &Service) -> Result<Option<TcpListener>> {
    let address = &service.settings.ops_bind;
    if address.is_empty() {
        return Ok(None);
    }
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(Some(listener)),
        Err(cause) => Err(Error::listen(address, cause)),
    }
}

/// A service being served, and the watch over its shutdown.
struct Served {
    service: Arc<Service>,
    watch: Watch,
    /// True if calls are still accepted for a while after a signal.
    is_balanced: bool,
    reloading: Reloading,
}

impl Served {
    /// Handles signals from here on.
    fn begin(service: Arc<Service>, configuration: Option<Box<Configuration>>) -> Result<Self> {
        let rest = CANCELLED + 2 * GRACE + service.hooks.grace();
        #[cfg(feature = "otel")]
        let rest = rest + service.drain.telemetry().map_or(Duration::ZERO, |_| FLUSH);
        let watch = Watch::begin(service.drain.clone(), rest)
            .map_err(|cause| Error::io("signals cannot be handled", cause))?;
        if cfg!(panic = "abort") {
            tracing::warn!(
                "built with `panic = \"abort\"`: a panic in a tool ends the server instead of the call"
            );
        }
        let reloading = Reloading {
            service: Arc::clone(&service),
            configuration,
        };
        Ok(Self {
            service,
            watch,
            is_balanced: false,
            reloading,
        })
    }

    /// Runs the hooks of the start; `None` if a signal ends the server during them.
    async fn start(mut self) -> Result<Option<Self>> {
        let service = Arc::clone(&self.service);
        let start = async {
            service.share().await?;
            service.hooks.start().await.map_err(str::to_owned)
        };
        tokio::select! {
            biased;
            started = start => match started {
                Ok(()) => Ok(Some(self)),
                Err(text) => Err(Error::other(format!("the server cannot start: {text}"))),
            },
            signal = self.watch.signal() => {
                tracing::info!(cause = signal, "shutting down before the start was complete");
                Ok(None)
            }
        }
    }

    /// The same for HTTP, where callers are verified: the verifiers are started before the first request.
    async fn begin_http(
        service: Arc<Service>,
        configuration: Option<Box<Configuration>>,
    ) -> Result<Self> {
        let served = Self::begin(service, configuration)?;
        if let Some(auth) = &served.service.auth {
            auth.verifier
                .start()
                .await
                .map_err(|fault| Error::auth(&fault))?;
        }
        Ok(served)
    }

    /// Serves HTTP on the port that `shown` was bound to.
    #[inline(never)]
    fn serve_tcp(
        self,
        bound: io::Result<TcpListener>,
        shown: String,
    ) -> BoxFuture<'static, Result<()>> {
        Box::pin(async move {
            let listener = bound.map_err(|cause| Error::listen(&shown, cause))?;
            let address = listener
                .local_addr()
                .map_err(|cause| Error::listen(shown, cause))?;
            let url = format!("{}://{address}{}", self.service.scheme(), http::PATH);
            self.serve(http::Listener::Tcp(listener), &url).await
        })
    }

    /// Serves HTTP on `listener`, which clients reach at `url`: a person waits for the line with it, at any level of
    /// the log.
    async fn serve(self, listener: http::Listener, url: &str) -> Result<()> {
        let apart = listen_apart(&self.service).await?;
        let Some(mut served) = self.start().await? else {
            return Ok(());
        };
        #[cfg(unix)]
        let _captured =
            log::capture().map_err(|cause| Error::io("stderr cannot be taken over", cause))?;
        let json = served.service.settings.log_format == LogFormat::Json;
        log::announce(json, "INFO", &format!("listening on {url}"));
        if let Some(root) = url.strip_suffix(http::PATH)
            && served.service.settings.page.is_served()
        {
            log::announce(json, "INFO", &format!("page to try it: {root}/"));
        }
        if let Some(Ok(address)) = apart.as_ref().map(TcpListener::local_addr) {
            log::announce(
                json,
                "INFO",
                &format!("health and metrics on http://{address}"),
            );
        }
        systemd::notify(systemd::READY);
        let _beating = AbortOnDropHandle::new(background::spawn(systemd::watchdog()));
        served.is_balanced = true;
        let serving = http::serve(Arc::clone(&served.service), listener, apart);
        served
            .run(serving)
            .await
            .map_err(|cause| Error::io("HTTP cannot be served", cause))
    }

    /// Runs `serving` to its end, and the shutdown.
    async fn run(mut self, serving: impl Future<Output = io::Result<()>>) -> io::Result<()> {
        let reloading = background::spawn(self.reloading.run(self.watch.hang_up()));
        let ended = until_shutdown(&self.service, &mut self.watch, self.is_balanced, serving).await;
        let Self { service, watch, .. } = self;
        reloading.abort();
        let (drain, blocked) = (service.drain.clone(), blocking::running());
        service.audit.flush(log::FLUSH);
        release(service).await;
        let answered = drain.is_empty();
        // tokio waits for code that cannot be stopped; the process ends without it.
        if blocked > 0 || !answered {
            tracing::warn!(
                blocking = blocked,
                "calls that do not yield were abandoned; make their functions `blocking`"
            );
            watch.exit(GRACE, answered);
        }
        log::flush(log::FLUSH);
        ended
    }
}

/// Runs `serving` until it ends, its input does or a signal arrives; then not ready → refuse → end streams → wait →
/// cancel.
async fn until_shutdown(
    service: &Service,
    watch: &mut Watch,
    is_balanced: bool,
    serving: impl Future<Output = io::Result<()>>,
) -> io::Result<()> {
    let drain = &service.drain;
    tokio::pin!(serving);
    let cause = tokio::select! {
        biased;
        ended = &mut serving => {
            drain.finish(drain.deadline()).await;
            return ended;
        }
        signal = watch.signal() => signal,
        () = drain.begun() => "end of input, or asked to",
    };
    let leaving = (is_balanced && !drain.has_begun()).then(|| drain.leave());
    if leaving.is_none() {
        drain.begin();
    }
    tracing::info!(cause, "shutting down");
    systemd::notify(systemd::STOPPING);
    if let Some(leaving) = leaving {
        tokio::select! {
            biased;
            ended = &mut serving => {
                drain.finish(drain.deadline()).await;
                return ended;
            }
            () = leaving => drain.begin(),
        }
    }
    let finish = drain.finish(drain.deadline());
    tokio::pin!(finish);
    tokio::select! {
        ended = &mut serving => {
            // A call may outlive its connection.
            finish.await;
            ended
        }
        // The last responses are still being written; a connection that never ends is abandoned.
        _ = &mut finish => tokio::time::timeout(GRACE, serving).await.unwrap_or(Ok(())),
    }
}

/// Drops the service, and with it the state, whose destructor is the author's code.
///
/// Waits for at most 100 ms until there is no other reference to the service, so that the destructor of the state
/// usually runs here, inside `contain_now`, and not in an arbitrary task.
async fn release(service: Arc<Service>) {
    // Tasks that have just ended may hold it for a moment longer; others drop it when they end.
    let alone = async {
        while Arc::strong_count(&service) > 1 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let _ = tokio::time::timeout(RELEASE, alone).await;
    if contain_now(|| drop(service)).is_err() {
        tracing::error!("the state panicked when it was dropped");
    }
}
