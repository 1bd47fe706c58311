//! Handshakes with the current configuration, which follows its files.
//!
//! A handshake takes the `Arc` of the configuration at its beginning, so that a reload does not affect it. The lock is
//! held for that clone only. A certificate that rustls has accepted but that cannot be parsed here closes the
//! connection: its caller would otherwise be anonymous.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::files::Loaded;
use super::{Files, Source, Tls};
use crate::certificate::Certificate;
use crate::error::Error;

/// Encrypts connections.
#[derive(Debug)]
pub(crate) struct Handshake {
    current: Mutex<Loaded>,
    files: Option<Files>,
}

/// The reason for which a connection is not encrypted.
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
                let current = Loaded {
                    config: Arc::clone(config),
                    certificate: None,
                };
                (current, None)
            }
            Source::Files(files) => (files.load()?, Some(files.clone())),
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

    /// Returns the certificate of the server in force, if it is known.
    pub(crate) fn certificate(&self) -> Option<Certificate> {
        self.lock().certificate.clone()
    }

    /// Returns the expiry of the certificate in force, in seconds since 1970, if it is known.
    pub(crate) fn expiry(&self) -> Option<i64> {
        let end = self.certificate()?.not_after();
        let end = end.duration_since(SystemTime::UNIX_EPOCH);
        i64::try_from(end.unwrap_or_default().as_secs()).ok()
    }

    /// The paths of the files.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        self.files.as_ref().map_or_else(Vec::new, Files::paths)
    }

    /// Reads the files again; `None` if there are none.
    pub(crate) fn read(&self) -> Result<Option<Loaded>, Error> {
        self.files.as_ref().map(Files::load).transpose()
    }

    /// Uses the new configuration for new connections.
    pub(crate) fn put(&self, loaded: Loaded) {
        *self.lock() = loaded;
    }

    fn lock(&self) -> MutexGuard<'_, Loaded> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
