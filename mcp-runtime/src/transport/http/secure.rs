//! Encryption of accepted connections, if the server has TLS.
//!
//! A handshake has its own time limit, and runs in the connection's task, not in the accepting one.
//! The certificate of a reload is used by the handshakes that begin after it; open connections keep
//! theirs.

use super::front::From;
use super::socket::Socket;
use crate::service::Service;

#[cfg(feature = "tls")]
use {
    crate::config::Settings,
    crate::config::reload::{Commit, Reload},
    crate::limits::Limit,
    crate::tls::{Handshake, Refused},
    std::path::PathBuf,
    std::sync::{Arc, Weak},
};

/// Encrypts a connection and records the certificate of its caller; `None` if the handshake fails.
#[cfg(feature = "tls")]
pub(super) async fn secure(service: &Service, socket: Socket, from: &mut From) -> Option<Socket> {
    let Some(tls) = &service.tls else {
        return Some(socket);
    };
    let stream = match socket {
        Socket::Tcp(stream) => stream,
        // A Unix socket is local to this machine.
        other => return Some(other),
    };
    let limit = service.live.with(|it| it.limits.handshake_timeout);
    let accepted = tokio::select! {
        biased;
        accepted = tls.accept(stream, limit) => accepted,
        () = service.drain.ended() => return None,
    };
    match accepted {
        Ok((stream, certificate)) => {
            from.certificate = certificate;
            Some(Socket::Tls(Box::new(stream)))
        }
        Err(refused) => {
            if matches!(refused, Refused::Slow) {
                service.metrics.refused(Limit::Handshake);
            }
            tracing::debug!(error = %refused, "the TLS handshake of a connection has failed");
            None
        }
    }
}

/// Publishes the expiry of the certificate in force, and registers its files for reloads.
#[cfg(feature = "tls")]
pub(super) fn follow(service: &Arc<Service>) {
    if let Some(tls) = &service.tls {
        service.metrics.certificate_ends(tls.expiry());
        let reread = Reread {
            tls: Arc::clone(tls),
            service: Arc::downgrade(service),
        };
        service.reloaders.register(Arc::new(reread));
    }
}

/// Reads the certificate again.
#[cfg(feature = "tls")]
#[derive(Debug)]
struct Reread {
    tls: Arc<Handshake>,
    service: Weak<Service>,
}

#[cfg(feature = "tls")]
impl Reload for Reread {
    fn prepare(&self, _: &Settings) -> Result<Commit, String> {
        let loaded = self.tls.read().map_err(|fault| fault.to_string())?;
        let (tls, service) = (Arc::clone(&self.tls), Weak::clone(&self.service));
        Ok(Box::new(move || {
            if let Some(loaded) = loaded {
                tls.put(loaded);
            }
            if let Some(service) = service.upgrade() {
                service.metrics.certificate_ends(tls.expiry());
            }
        }))
    }

    fn files(&self) -> Vec<PathBuf> {
        self.tls.files()
    }
}

/// Returns the connection unchanged.
#[cfg(not(feature = "tls"))]
#[expect(clippy::unused_async, reason = "as with TLS")]
pub(super) async fn secure(_: &Service, socket: Socket, _: &mut From) -> Option<Socket> {
    Some(socket)
}

#[cfg(test)]
#[cfg(all(feature = "tls", target_os = "linux"))]
mod tests;
