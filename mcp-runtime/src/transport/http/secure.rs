//! Encryption of accepted connections, where the server has TLS.

use super::front::From;
use super::socket::Socket;
use crate::service::Service;

#[cfg(feature = "tls")]
use {
    crate::limits::Limit,
    crate::tls::{Handshake, Refused},
    std::sync::Arc,
    tokio_util::task::AbortOnDropHandle,
};

/// Encrypts a connection and notes the certificate of its caller; `None` if the handshake fails.
#[cfg(feature = "tls")]
pub(super) async fn secure(service: &Service, socket: Socket, from: &mut From) -> Option<Socket> {
    let Some(tls) = &service.tls else {
        return Some(socket);
    };
    let stream = match socket {
        Socket::Tcp(stream) => stream,
        // A Unix socket ends on this machine.
        other => return Some(other),
    };
    let accepted = tokio::select! {
        biased;
        accepted = tls.accept(stream, service.settings.limits.handshake_timeout) => accepted,
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
            tracing::debug!(error = %refused, "a connection could not be encrypted");
            None
        }
    }
}

/// Shows the end of the certificate in force, and looks after its files until this is dropped.
#[cfg(feature = "tls")]
pub(super) fn watch_files(service: &Arc<Service>) -> Option<AbortOnDropHandle<()>> {
    let tls = Arc::clone(service.tls.as_ref()?);
    let service = Arc::clone(service);
    let show = move |tls: &Handshake| service.metrics.certificate_ends(tls.expiry());
    show(&tls);
    Some(AbortOnDropHandle::new(tokio::spawn(tls.watch(show))))
}

/// The connection as it is.
#[cfg(not(feature = "tls"))]
#[expect(clippy::unused_async, reason = "as with TLS")]
pub(super) async fn secure(_: &Service, socket: Socket, _: &mut From) -> Option<Socket> {
    Some(socket)
}

#[cfg(test)]
#[cfg(all(feature = "tls", target_os = "linux"))]
mod tests;
