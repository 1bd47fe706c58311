//! The URL of Redis.

use futures_util::StreamExt as _;
use redis::{AsyncConnectionConfig, Client, RedisResult};

#[cfg(feature = "redis-cluster")]
use super::cluster::Cluster;
use super::commands::{Commands, Connected};
#[cfg(feature = "redis-cluster")]
use super::hosts::Hosts;
#[cfg(feature = "redis-cluster")]
use super::sentinel::Sentinels;

const ONE: &str = "write redis://[user:password@]host[:port][/database]";
#[cfg(feature = "redis-cluster")]
const CLUSTER: &str = "write redis+cluster://[user:password@]host[:port],host[:port]";
#[cfg(feature = "redis-cluster")]
const SENTINEL: &str =
    "write redis+sentinel://[user:password@]host[:port],host[:port]/name[/database]";

/// The validated URL of Redis.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    One(Client),
    #[cfg(feature = "redis-cluster")]
    Cluster(Cluster),
    #[cfg(feature = "redis-cluster")]
    Sentinel(Sentinels),
}

impl Place {
    /// Parses a URL; an error names the remedy, without the URL.
    ///
    /// - `redis://[user:password@]host[:port][/database]`, `rediss://` with TLS, `unix://path`
    /// - `redis+cluster://[user:password@]host[:port],host[:port]`, any of its nodes
    /// - `redis+sentinel://[user:password@]host[:port],host[:port]/name[/database]`, with the options `sentinel_username`
    ///   and `sentinel_password`
    pub(crate) fn parse(url: &str) -> Result<Self, String> {
        let (scheme, rest) = url.split_once("://").ok_or(ONE)?;
        if rest.is_empty() {
            return Err(ONE.to_owned());
        }
        let (base, form) = match scheme.split_once(['+', '-']) {
            Some((base, form @ ("cluster" | "sentinel"))) => (base, form),
            _ => (scheme, ""),
        };
        match base {
            "redis" | "valkey" => {}
            "redis+unix" | "unix" | "valkey+unix" if form.is_empty() => {}
            #[cfg(feature = "tls")]
            "rediss" | "valkeys" => choose_provider(),
            #[cfg(not(feature = "tls"))]
            "rediss" | "valkeys" => {
                return Err("a Redis behind TLS needs the feature `tls`".to_owned());
            }
            _ => return Err(ONE.to_owned()),
        }
        if form.is_empty() {
            return one(url, rest);
        }
        if scheme.contains('-') {
            return Err(format!("the scheme is written {base}+{form}://"));
        }
        several(base, form, rest)
    }

    /// Returns whether keys are distributed over several primaries.
    pub(super) fn is_cluster(&self) -> bool {
        match self {
            Self::One(_) => false,
            #[cfg(feature = "redis-cluster")]
            Self::Sentinel(_) => false,
            #[cfg(feature = "redis-cluster")]
            Self::Cluster(_) => true,
        }
    }

    /// Opens the connections, and waits for a response.
    pub(super) async fn connect(&self, channels: &[String]) -> RedisResult<Connected> {
        match self {
            Self::One(client) => connect(client, channels).await,
            #[cfg(feature = "redis-cluster")]
            Self::Cluster(cluster) => cluster.connect(channels).await,
            #[cfg(feature = "redis-cluster")]
            Self::Sentinel(sentinels) => connect(&sentinels.find().await?, channels).await,
        }
    }
}

fn one(url: &str, rest: &str) -> Result<Place, String> {
    let hosts = rest.split('/').next().unwrap_or_default();
    let hosts = hosts.rsplit('@').next().unwrap_or_default();
    if hosts.contains(',') {
        return Err(
            "several hosts need redis+cluster:// for a cluster or redis+sentinel:// for sentinels"
                .to_owned(),
        );
    }
    let client = Client::open(url).map_err(|error| format!("{ONE}: {error}"))?;
    Ok(Place::One(client))
}

#[cfg(feature = "redis-cluster")]
fn several(base: &str, form: &str, rest: &str) -> Result<Place, String> {
    if rest.contains("://") {
        return Err("the scheme is written once, in front of all hosts".to_owned());
    }
    if form == "cluster" {
        let hosts = Hosts::new(base, rest, CLUSTER);
        return Cluster::parse(&hosts).map(Place::Cluster);
    }
    let hosts = Hosts::new(base, rest, SENTINEL);
    Sentinels::parse(&hosts).map(Place::Sentinel)
}

#[cfg(not(feature = "redis-cluster"))]
fn several(base: &str, form: &str, _: &str) -> Result<Place, String> {
    Err(format!(
        "{base}+{form}:// needs the feature `redis-cluster`, and this program was built without it"
    ))
}

/// Opens the two connections to a single Redis.
async fn connect(client: &Client, channels: &[String]) -> RedisResult<Connected> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(None)
        .set_response_timeout(None);
    let commands = client.get_multiplexed_async_connection_with_config(&config);
    let mut commands = Commands::One(commands.await?);
    commands.ping_all().await?;
    let mut messages = client.get_async_pubsub().await?;
    messages.subscribe(channels).await?;
    Ok(Connected {
        commands,
        messages: messages.into_on_message().boxed(),
    })
}

/// Installs ring as the crypto provider of the process, unless one is installed: the client panics if the provider is
/// ambiguous.
#[cfg(feature = "tls")]
fn choose_provider() {
    use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
    if CryptoProvider::get_default().is_none() {
        // Another thread may have installed one.
        let _ = ring::default_provider().install_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str) -> String {
        match Place::parse(url) {
            Ok(place) => panic!("{url} is {place:?}"),
            Err(help) => help,
        }
    }

    #[test]
    fn an_invalid_url_is_refused_with_the_remedy() {
        for (url, part) in [
            ("localhost:6379", "write redis://"),
            ("http://localhost", "write redis://"),
            ("redis://", "write redis://"),
            ("redis://a:1,b:2", "redis+cluster://"),
            ("redis://user:a,b@c/0,1", "write redis://"),
        ] {
            let help = refused(url);
            assert!(help.contains(part), "{url}: {help}");
        }
    }

    #[cfg(not(feature = "redis-cluster"))]
    #[test]
    fn several_hosts_need_the_feature() {
        for url in ["redis+cluster://a:1", "valkey+sentinel://a:1/name"] {
            let help = refused(url);
            assert!(help.contains("built without"), "{url}: {help}");
        }
    }

    #[cfg(feature = "redis-cluster")]
    #[test]
    fn an_invalid_url_of_several_hosts_is_refused_with_the_remedy() {
        for (url, part) in [
            ("redis-cluster://a:1", "redis+cluster://"),
            ("redis-sentinel://a:1/name", "redis+sentinel://"),
            ("redis+cluster://a:1,,b:2", "has no name"),
            ("redis+cluster://a:1,:2", "has no name"),
            ("redis+cluster://a:1,redis+cluster://b:2", "written once"),
            ("redis+cluster://a:1/3", "no databases"),
            ("redis+cluster://a:1?x=y", "option \"x\""),
            ("redis+cluster://a:port", "write redis+cluster://"),
            ("redis+cluster://a:70000", "write redis+cluster://"),
            ("redis+sentinel://a,b", "name of the primary is missing"),
            ("redis+sentinel://a,b/", "name of the primary is missing"),
            ("redis+sentinel://a/name/first", "database"),
            (
                "redis+sentinel://a/name?sentinel_pass=x",
                "sentinel_password",
            ),
            ("redis+unix+cluster:///tmp/x", "write redis://"),
            ("unix+sentinel:///tmp/x", "write redis://"),
        ] {
            let help = refused(url);
            assert!(help.contains(part), "{url}: {help}");
        }
    }

    #[cfg(feature = "redis-cluster")]
    #[test]
    fn hosts_have_users_ports_and_addresses_of_their_own() {
        let hosts = Hosts::new("redis", "ann:p%40ss%2Fw@a,[::1],b:7000,[::2]:7001/x/3", "");
        let nodes = hosts.nodes(6379, hosts.user, "3").unwrap();
        let addresses: Vec<_> = nodes.iter().map(|it| it.addr().to_string()).collect();
        assert_eq!(addresses, ["a:6379", "::1:6379", "b:7000", "::2:7001"]);
        for node in &nodes {
            let settings = node.redis_settings();
            assert_eq!(settings.username(), Some("ann"));
            assert_eq!(settings.password(), Some("p@ss/w"));
            assert_eq!(settings.db(), 3);
        }
        let url = "/x?sentinel_username=bob&sentinel_password=p%26%2F%40";
        let hosts = Hosts::new("redis", &url[1..], "");
        let words = hosts.options(["sentinel_username", "sentinel_password"]);
        let [user, password] = words.unwrap();
        assert_eq!((&*user, &*password), ("bob", "p&/@"));
        let nodes = hosts.nodes(26379, &super::super::hosts::user_info(&user, &password), "");
        assert_eq!(nodes.unwrap()[0].redis_settings().password(), Some("p&/@"));
    }

    #[test]
    fn an_error_about_a_url_does_not_contain_it() {
        for url in ["redis://u:secret@h:x", "redis+cluster://u:secret@h:x"] {
            let help = refused(url);
            assert!(!help.contains("secret"), "{help}");
        }
    }
}
