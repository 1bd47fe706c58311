//! A primary behind sentinels.

use std::fmt;

use futures_util::future::select_ok;
use percent_encoding::percent_decode_str;
use redis::sentinel::{Sentinel, SentinelNodeConnectionInfo};
use redis::{Client, ConnectionInfo, ErrorKind, RedisError, RedisResult, TlsMode};

use super::hosts::{Hosts, user_info};

/// Discovers the primary.
#[derive(Clone)]
pub(crate) struct Sentinels {
    addresses: Vec<ConnectionInfo>,
    name: String,
    primary: SentinelNodeConnectionInfo,
}

/// Leaves out the settings of the primary: early versions of `redis` do not implement `Debug` for them.
impl fmt::Debug for Sentinels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sentinels")
            .field("addresses", &self.addresses)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Sentinels {
    /// Parses the hosts of a URL, the name of the primary after them, and its database.
    pub(super) fn parse(hosts: &Hosts<'_>) -> Result<Self, String> {
        let path = hosts.path.trim_start_matches('/');
        let (name, database) = path.split_once('/').unwrap_or((path, ""));
        let name = percent_decode_str(name).decode_utf8_lossy().into_owned();
        if name.is_empty() {
            return Err(format!(
                "the name of the primary is missing after the sentinels; {}",
                hosts.help
            ));
        }
        let [user, password] = hosts.options(["sentinel_username", "sentinel_password"])?;
        let addresses = hosts.nodes(26379, &user_info(&user, &password), "")?;
        // The addresses belong to the sentinels, all other settings to the primary.
        let primary = hosts.nodes(26379, hosts.user, database)?;
        let settings = primary.first().map(|it| it.redis_settings().clone());
        let settings = settings.unwrap_or_default();
        let primary = SentinelNodeConnectionInfo::default().set_redis_connection_info(settings);
        let primary = if hosts.is_encrypted() {
            primary.set_tls_mode(TlsMode::Secure)
        } else {
            primary
        };
        Ok(Self {
            addresses,
            name,
            primary,
        })
    }

    /// Returns a client of the primary that the first responding sentinel names. The primary has confirmed its role.
    pub(super) async fn find(&self) -> RedisResult<Client> {
        let asked = self
            .addresses
            .iter()
            .map(|it| Box::pin(self.ask(it.clone())));
        let (client, _) = select_ok(asked).await?;
        Ok(client)
    }

    async fn ask(&self, sentinel: ConnectionInfo) -> RedisResult<Client> {
        let mut sentinel = Sentinel::build(vec![sentinel])?;
        let found = sentinel.async_master_for(&self.name, Some(&self.primary));
        found.await.map_err(|error| match error.kind() {
            ErrorKind::InvalidClientConfig => RedisError::from((
                ErrorKind::InvalidClientConfig,
                "a host of redis+sentinel:// is not a sentinel; write the hosts and ports of the sentinels",
            )),
            _ => error,
        })
    }
}
