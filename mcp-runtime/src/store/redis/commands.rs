//! The connections for commands.

use futures_util::stream::BoxStream;
use redis::aio::{ConnectionLike, MultiplexedConnection};
#[cfg(feature = "redis-cluster")]
use redis::cluster_async::ClusterConnection;
#[cfg(feature = "redis-cluster")]
use redis::cluster_routing::{MultipleNodeRoutingInfo, RoutingInfo};
use redis::{Cmd, Msg, Pipeline, RedisFuture, RedisResult, Value};

/// A connection to a single Redis, or to all primaries of a cluster.
#[derive(Clone)]
pub(super) enum Commands {
    One(MultiplexedConnection),
    #[cfg(feature = "redis-cluster")]
    Cluster(ClusterConnection),
}

/// The connections of a link.
pub(super) struct Connected {
    pub commands: Commands,
    /// Messages, up to the first possible loss.
    pub messages: BoxStream<'static, Msg>,
}

impl Commands {
    /// Returns after every primary has responded.
    pub(super) async fn ping_all(&mut self) -> RedisResult<()> {
        match self {
            Self::One(one) => redis::cmd("PING").exec_async(one).await,
            #[cfg(feature = "redis-cluster")]
            Self::Cluster(cluster) => ping_all(cluster).await,
        }
    }
}

impl ConnectionLike for Commands {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::One(one) => one.req_packed_command(cmd),
            #[cfg(feature = "redis-cluster")]
            Self::Cluster(cluster) => cluster.req_packed_command(cmd),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        cmd: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::One(one) => one.req_packed_commands(cmd, offset, count),
            #[cfg(feature = "redis-cluster")]
            Self::Cluster(cluster) => cluster.req_packed_commands(cmd, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::One(one) => one.get_db(),
            #[cfg(feature = "redis-cluster")]
            Self::Cluster(cluster) => cluster.get_db(),
        }
    }
}

/// Returns after every primary has responded.
#[cfg(feature = "redis-cluster")]
pub(super) async fn ping_all(cluster: &mut ClusterConnection) -> RedisResult<()> {
    let mut ask = redis::cmd("CLUSTER");
    ask.arg("INFO");
    let all = RoutingInfo::MultiNode((MultipleNodeRoutingInfo::AllMasters, None));
    let told = cluster.route_command(ask, all).await?;
    let told: Vec<(String, String)> = redis::from_redis_value(told)?;
    // Nodes without a connection are missing in the response.
    let number = told.len();
    if number > 0 && told.iter().all(|(_, text)| is_whole(text, number)) {
        return Ok(());
    }
    Err(redis::RedisError::from((
        redis::ErrorKind::Io,
        "a primary of the cluster does not respond",
    )))
}

/// Returns true if a response to `CLUSTER INFO` reports a usable cluster with at most `number` primaries.
#[cfg(feature = "redis-cluster")]
fn is_whole(text: &str, number: usize) -> bool {
    let field = |name: &str| text.lines().find_map(|line| line.trim().strip_prefix(name));
    let size = field("cluster_size:").and_then(|size| size.parse().ok());
    field("cluster_state:") == Some("ok") && size.is_some_and(|size: usize| size <= number)
}
