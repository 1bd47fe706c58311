//! Handshakes with the configuration in force, which follows its files.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::server::TlsStream;

use super::files::{Loaded, Stamps};
use super::{Files, Source, Tls};
use crate::certificate::Certificate;
use crate::error::Error;

/// The time between two looks at the files.
const LOOK: Duration = Duration::from_secs(5);

/// Encrypts connections.
#[derive(Debug)]
pub(crate) struct Handshake {
    current: Mutex<Current>,
    files: Option<Files>,
}

#[derive(Debug)]
struct Current {
    config: Arc<ServerConfig>,
    not_after: Option<SystemTime>,
    /// The marks of the files that were read last, with or without success.
    stamps: Option<Stamps>,
}

/// The reason why a connection is not encrypted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error("the handshake took too long")]
    Slow,
    #[error("the handshake failed: {0}")]
    Failed(#[from] io::Error),
    #[error(transparent)]
    Malformed(#[from] crate::certificate::Malformed),
}

impl Handshake {
    /// Reads the files of `tls`.
    pub(crate) fn new(tls: &Tls) -> Result<Self, Error> {
        let (current, files) = match &tls.0 {
            Source::Config(config) => {
                let current = Current {
                    config: Arc::clone(config),
                    not_after: None,
                    stamps: None,
                };
                (current, None)
            }
            Source::Files(files) => {
                // First the marks: a change while the files are read is noticed later.
                let stamps = Some(files.stamps());
                let Loaded { config, not_after } = files.load()?;
                let current = Current {
                    config,
                    not_after,
                    stamps,
                };
                (current, Some(files.clone()))
            }
        };
        Ok(Self {
            current: Mutex::new(current),
            files,
        })
    }

    /// Encrypts `stream` within `limit`. Returns the certificate of the caller, if it has one.
    pub(crate) async fn accept<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
        limit: Duration,
    ) -> Result<(TlsStream<S>, Option<Arc<Certificate>>), Refused> {
        let config = Arc::clone(&self.lock().config);
        let accepted = timeout(limit, TlsAcceptor::from(config).accept(stream)).await;
        let stream = accepted.map_err(|_| Refused::Slow)??;
        let chain = stream.get_ref().1.peer_certificates();
        let own = chain.and_then(<[_]>::first);
        let certificate = own.map(|der| Certificate::from_der(der)).transpose()?;
        Ok((stream, certificate.map(Arc::new)))
    }

    /// Returns the end of the certificate in force, in seconds since 1970, where it is known.
    pub(crate) fn expiry(&self) -> Option<i64> {
        let end = self
            .lock()
            .not_after?
            .duration_since(SystemTime::UNIX_EPOCH);
        i64::try_from(end.unwrap_or_default().as_secs()).ok()
    }

    /// Looks after the files until it is dropped; `tell` is called with the handshake after each change.
    pub(crate) async fn watch(self: Arc<Self>, tell: impl Fn(&Self)) {
        if self.files.is_none() {
            return;
        }
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            let this = Arc::clone(&self);
            let changed = tokio::task::spawn_blocking(move || this.refresh());
            if changed.await.is_ok_and(|changed| changed) {
                tell(&self);
            }
        }
    }

    /// Reads the files again if one has changed. Returns true if the configuration is a new one.
    pub(crate) fn refresh(&self) -> bool {
        let Some(files) = &self.files else {
            return false;
        };
        let stamps = Some(files.stamps());
        if self.lock().stamps == stamps {
            return false;
        }
        let loaded = files.load();
        let mut current = self.lock();
        current.stamps = stamps;
        match loaded {
            Ok(loaded) => {
                (current.config, current.not_after) = (loaded.config, loaded.not_after);
                tracing::info!("the TLS certificate was read again");
                true
            }
            Err(error) => {
                tracing::error!(%error, "the TLS files have changed and cannot be used; the certificate read before stays in force");
                false
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
