//! The URL of a Redis.

use std::time::Duration;

use redis::aio::{MultiplexedConnection, PubSub};
use redis::{AsyncConnectionConfig, Client, RedisResult};
use tokio::time::timeout;

/// The time that a connection may take to be made.
const CONNECTING: Duration = Duration::from_secs(1);

/// The place of a Redis: a URL that has been checked.
#[derive(Clone, Debug)]
pub(crate) struct Place(Client);

/// The connections to it.
pub(super) struct Connected {
    pub commands: MultiplexedConnection,
    pub messages: PubSub,
}

impl Place {
    /// Reads a URL, `redis://[user:password@]host[:port][/database]`; an error says what to do, without the URL.
    pub(crate) fn parse(url: &str) -> Result<Self, String> {
        let help = "write redis://[user:password@]host[:port][/database]";
        let (scheme, rest) = url.split_once("://").ok_or(help)?;
        if rest.is_empty() {
            return Err(help.to_owned());
        }
        match scheme {
            "redis" | "valkey" | "redis+unix" | "unix" | "valkey+unix" => {}
            #[cfg(feature = "tls")]
            "rediss" | "valkeys" => choose_provider(),
            #[cfg(not(feature = "tls"))]
            "rediss" | "valkeys" => {
                return Err("a Redis behind TLS needs the feature `tls`".to_owned());
            }
            "redis+cluster" | "redis+sentinel" => {
                return Err(format!(
                    "{scheme} is not supported; give the URL of one primary, or of a proxy in front of it"
                ));
            }
            _ => return Err(help.to_owned()),
        }
        let client = Client::open(url).map_err(|error| format!("{help}: {error}"))?;
        Ok(Self(client))
    }

    /// Makes both connections, and hears an answer on the first.
    pub(super) async fn connect(&self, channels: &[String]) -> RedisResult<Connected> {
        let connecting = async {
            let config = AsyncConnectionConfig::new()
                .set_connection_timeout(None)
                .set_response_timeout(None);
            let commands = self.0.get_multiplexed_async_connection_with_config(&config);
            let mut commands = commands.await?;
            redis::cmd("PING").exec_async(&mut commands).await?;
            let mut messages = self.0.get_async_pubsub().await?;
            messages.subscribe(channels).await?;
            Ok(Connected { commands, messages })
        };
        let ended = timeout(CONNECTING, connecting).await;
        ended.unwrap_or_else(|_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()))
    }
}

/// Makes ring the provider of the process, unless that has one: the client takes that of the process, and panics where
/// it cannot tell which that is.
#[cfg(feature = "tls")]
fn choose_provider() {
    use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
    if CryptoProvider::get_default().is_none() {
        // Another thread may have been faster.
        let _ = ring::default_provider().install_default();
    }
}
