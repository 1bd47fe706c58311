//! The errors of commands, and their meaning for the connection.

use std::time::Duration;

use redis::{ErrorKind, RedisError, ServerErrorKind};

/// The timeout of a command.
pub(super) const LIMIT: Duration = Duration::from_millis(200);

/// The error of a command.
#[derive(Debug, thiserror::Error)]
pub(super) enum LinkError {
    #[error("Redis is unavailable: {0}")]
    Away(String),
    #[error("Redis did not respond within {} ms", LIMIT.as_millis())]
    Slow,
    #[error(transparent)]
    Redis(#[from] RedisError),
}

impl LinkError {
    /// Returns true if the error concerns the connection or the server, not a single command.
    pub(super) fn is_outage(&self) -> bool {
        match self {
            Self::Slow | Self::Away(_) => true,
            Self::Redis(error) => match error.kind() {
                ErrorKind::Io | ErrorKind::Parse | ErrorKind::ClusterConnectionNotFound => true,
                _ => is_demoted(error),
            },
        }
    }

    /// Returns true if the connection is unusable.
    pub(super) fn is_loss(&self) -> bool {
        match self {
            Self::Slow | Self::Away(_) => false,
            Self::Redis(error) => error.is_unrecoverable_error() || is_demoted(error),
        }
    }

    /// Returns the text for the log and the health check.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Redis(error) if error.kind() == ErrorKind::Server(ServerErrorKind::Moved) => {
                format!("Redis is a node of a cluster ({error}); write redis+cluster:// in its URL")
            }
            _ => self.to_string(),
        }
    }
}

/// Returns the reason of a permanent refusal by the server, which further attempts cannot change.
pub(super) fn refusal(error: &RedisError) -> Option<String> {
    if error.kind() == ErrorKind::InvalidClientConfig {
        return Some(format!("the URL of Redis is wrong: {error}"));
    }
    let is_refused = error.kind() == ErrorKind::AuthenticationFailed
        || matches!(error.code(), Some("WRONGPASS" | "NOAUTH" | "NOPERM"));
    is_refused.then(|| {
        format!("Redis refuses this server: {error}; check the user and the password in the URL")
    })
}

/// Returns true if the server rejects writes for the moment, such as a primary that has become a replica.
fn is_demoted(error: &RedisError) -> bool {
    use ServerErrorKind::{BusyLoading, ClusterDown, MasterDown, ReadOnly};
    matches!(
        error.kind(),
        ErrorKind::Server(BusyLoading | ClusterDown | MasterDown | ReadOnly)
    )
}
