//! The errors of commands, and their meaning for the connection.

use std::time::Duration;

use redis::{ErrorKind, RedisError, ServerErrorKind};

/// The timeout of a command.
pub(super) const LIMIT: Duration = Duration::from_millis(200);

/// The commands that the user of an instance must be permitted, as in `docs/instances.md`.
pub(super) const PERMISSIONS: &str = "+@connection +@scripting +@read +@write +@pubsub -@dangerous +time +cluster|info +cluster|slots +role +info";

/// The texts of a refusal within a script, whose code is `ERR`, by Redis 7.0 and later ones.
const REFUSED_IN_SCRIPT: [&str; 2] = ["user executing the script can't", "ACL failure in script"];

const TRUST: &str = "the certificate of Redis is issued by an unknown authority; name the file with the certificate of that authority in SSL_CERT_FILE";

/// Parts of the texts of errors, and the remedies.
const REMEDIES: [(&str, &str); 3] = [
    ("UnknownIssuer", TRUST),
    // Of another authority with the same name.
    ("BadSignature", TRUST),
    (
        "not valid for name",
        "write a host of the URL as in the certificate of Redis; the nodes of a cluster or behind sentinels must announce such a name, too",
    ),
];

/// The error of a command.
#[derive(Debug, thiserror::Error)]
pub(super) enum LinkError {
    #[error("Redis is unavailable: {0}")]
    Away(String),
    #[error("Redis did not respond within {} ms", LIMIT.as_millis())]
    Slow,
    #[error("{}", explained(.0))]
    Redis(#[from] RedisError),
}

/// The effect of an error on the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// The connection is unusable, and the breaker opens.
    Lost,
    /// The server fails for the moment; consecutive failures open the breaker.
    Failing,
    /// A single command failed.
    Single,
}

impl LinkError {
    /// Returns the effect of the error.
    pub(super) fn effect(&self) -> Effect {
        match self {
            Self::Slow | Self::Away(_) => Effect::Failing,
            Self::Redis(error) => effect(error),
        }
    }
}

fn effect(error: &RedisError) -> Effect {
    match code(error).as_deref() {
        // The server works again after a while, or another one takes over; a user without a password is logged out.
        Some("LOADING" | "MASTERDOWN" | "READONLY" | "CLUSTERDOWN" | "NOAUTH" | "WRONGPASS") => {
            Effect::Lost
        }
        // The server responds, and refuses all commands or all writes.
        Some("BUSY" | "MISCONF" | "NOREPLICAS" | "OOM") => Effect::Failing,
        None if error.is_unrecoverable_error() => Effect::Lost,
        None if error.kind() == ErrorKind::Io => Effect::Failing,
        Some(_) | None => Effect::Single,
    }
}

/// Returns the code of an error that a server has sent, for a pipeline that of the first.
fn code(error: &RedisError) -> Option<String> {
    let sent = error.clone().into_server_errors()?;
    sent.first().map(|(_, error)| error.code().to_owned())
}

/// Returns the reason of a permanent refusal by the server, which further attempts cannot change.
pub(super) fn refusal(error: &RedisError) -> Option<String> {
    let text = error.to_string();
    if error.kind() == ErrorKind::InvalidClientConfig {
        return Some(format!("the URL of Redis is wrong: {text}"));
    }
    let code = code(error);
    let remedy = if error.kind() == ErrorKind::AuthenticationFailed
        || matches!(code.as_deref(), Some("WRONGPASS" | "NOAUTH"))
    {
        "check the user and the password in the URL".to_owned()
    } else if code.as_deref() == Some("NOPERM")
        || REFUSED_IN_SCRIPT.iter().any(|part| text.contains(part))
    {
        format!(
            "permit its user the keys and the channels that start with the prefix, and the commands {PERMISSIONS}"
        )
    } else {
        return None;
    };
    Some(format!("Redis refuses this server: {text}; {remedy}"))
}

/// Returns the text of an error, with the remedy if there is one.
pub(super) fn explained(error: &RedisError) -> String {
    if let Some(refusal) = refusal(error) {
        return refusal;
    }
    let text = error.to_string();
    if error.kind() == ErrorKind::Server(ServerErrorKind::Moved) {
        return format!("Redis is a node of a cluster ({text}); write redis+cluster:// in its URL");
    }
    let remedy = REMEDIES.iter().find(|(part, _)| text.contains(part));
    remedy.map_or(text.clone(), |(_, remedy)| format!("{text}; {remedy}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the error that a reply of a server is parsed into.
    fn replied(line: &str) -> RedisError {
        let value = redis::parse_redis_value(format!("-{line}\r\n").as_bytes()).unwrap();
        value.extract_error().unwrap_err()
    }

    #[test]
    fn every_reply_that_concerns_the_whole_server_counts_as_an_outage() {
        for (line, expected) in [
            (
                "LOADING Redis is loading the dataset in memory",
                Effect::Lost,
            ),
            ("MASTERDOWN Link with MASTER is down", Effect::Lost),
            (
                "READONLY You can't write against a read only replica.",
                Effect::Lost,
            ),
            ("CLUSTERDOWN Hash slot not served", Effect::Lost),
            ("NOAUTH Authentication required.", Effect::Lost),
            ("WRONGPASS invalid username-password pair", Effect::Lost),
            ("BUSY Redis is busy running a script.", Effect::Failing),
            (
                "MISCONF Redis is configured to save RDB snapshots",
                Effect::Failing,
            ),
            (
                "NOREPLICAS Not enough good replicas to write.",
                Effect::Failing,
            ),
            (
                "OOM command not allowed when used memory > 'maxmemory'.",
                Effect::Failing,
            ),
            ("WRONGTYPE Operation against a key", Effect::Single),
            ("NOPERM this user has no permissions", Effect::Single),
            ("NOSCRIPT No matching script.", Effect::Single),
            (
                "TRYAGAIN Multiple keys request during rehashing",
                Effect::Single,
            ),
            ("MOVED 3999 127.0.0.1:6381", Effect::Single),
            ("ERR unknown command", Effect::Single),
            ("SOMETHING of a later version", Effect::Single),
        ] {
            assert_eq!(effect(&replied(line)), expected, "{line}");
        }
        let dropped = std::io::Error::from(std::io::ErrorKind::BrokenPipe);
        assert_eq!(effect(&dropped.into()), Effect::Lost);
        let timed_out = std::io::Error::from(std::io::ErrorKind::TimedOut);
        assert_eq!(effect(&timed_out.into()), Effect::Failing);
        assert_eq!(LinkError::Slow.effect(), Effect::Failing);
    }

    #[test]
    fn an_error_with_a_known_cause_names_the_remedy() {
        let denied = "ERR The user executing the script can't run this command";
        for (line, part) in [
            ("MOVED 3999 127.0.0.1:6381", "write redis+cluster://"),
            (
                "WRONGPASS invalid username-password pair",
                "the user and the password",
            ),
            ("NOPERM this user has no permissions", "permit its user"),
            (denied, "permit its user"),
            ("ERR ACL failure in script: x", "permit its user"),
        ] {
            let text = explained(&replied(line));
            assert!(text.contains(part), "{text}");
        }
        for (cause, part) in [
            ("invalid peer certificate: UnknownIssuer", "SSL_CERT_FILE"),
            ("invalid peer certificate: BadSignature", "SSL_CERT_FILE"),
            (
                "certificate not valid for name \"a\"",
                "as in the certificate",
            ),
        ] {
            let text = explained(&std::io::Error::other(cause).into());
            assert!(text.contains(part), "{text}");
        }
        assert_eq!(refusal(&replied("OOM command not allowed")), None);
    }
}
