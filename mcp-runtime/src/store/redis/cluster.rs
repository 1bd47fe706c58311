//! A Redis Cluster.
//!
//! Invariants: the cluster is connected while all of its primaries respond; a lost connection to a node and a channel
//! that moves to another node end the stream of messages, which subscribers receive as a gap. Channels are sharded: the
//! primary with the slot of a channel delivers its messages, and counts its subscribers.

use futures_util::StreamExt as _;
use futures_util::future::select_ok;
use futures_util::stream::poll_fn;
use redis::cluster::{ClusterClient, ClusterClientBuilder};
use redis::{Client, ConnectionInfo, ErrorKind, Msg, ProtocolVersion, PushInfo, PushKind};
use redis::{RedisError, RedisResult};
use tokio::sync::mpsc;

use super::commands::{Commands, Connected, ping_all};
use super::fault::LIMIT;
use super::hosts::Hosts;

/// The maximum number of retries of a command, such as after a slot has moved.
const RETRIES: u32 = 3;
/// The wait before a retry while a slot is being moved, in milliseconds.
const PAUSES: [u64; 2] = [5, 50];
/// The maximum number of queued messages.
const WAITING: usize = 4096;

/// Opens connections to a cluster.
#[derive(Clone, Debug)]
pub(crate) struct Cluster {
    nodes: Vec<ConnectionInfo>,
}

impl Cluster {
    /// Parses the hosts of a URL.
    pub(super) fn parse(hosts: &Hosts<'_>) -> Result<Self, String> {
        if !matches!(hosts.path, "" | "/" | "/0") {
            return Err("a cluster has no databases; remove the path of the URL".to_owned());
        }
        let [] = hosts.options([])?;
        let nodes = hosts.nodes(6379, hosts.user, "")?;
        Ok(Self { nodes })
    }

    pub(super) async fn connect(&self, channels: &[String]) -> RedisResult<Connected> {
        self.check().await?;
        let (sender, messages) = mpsc::channel(WAITING);
        // A full channel loses messages, and is closed, which ends the stream.
        let sender = std::sync::Mutex::new(Some(sender));
        let take = move |push: PushInfo| -> Result<(), ()> {
            let mut sender = super::lock(&sender);
            let taken = sender.as_ref().map(|it| it.try_send(push));
            if !matches!(taken, Some(Ok(()))) {
                *sender = None;
            }
            Ok(())
        };
        let client = self.client(take)?;
        let mut cluster = client.get_async_connection().await?;
        ping_all(&mut cluster).await?;
        for channel in channels {
            cluster.ssubscribe(channel).await?;
        }
        Ok(Connected {
            commands: Commands::Cluster(cluster),
            messages: messages_of(messages).boxed(),
        })
    }

    fn client(&self, take: impl redis::aio::AsyncPushSender) -> RedisResult<ClusterClient> {
        ClusterClientBuilder::new(self.nodes.iter().cloned())
            .use_protocol(ProtocolVersion::RESP3)
            .push_sender(take)
            .connection_timeout(LIMIT * 2)
            .response_timeout(LIMIT)
            .retries(RETRIES)
            .min_retry_wait(PAUSES[0])
            .max_retry_wait(PAUSES[1])
            .build()
    }

    /// Queries one of the nodes, to detect errors of the URL: a wrong password, or a Redis that is not a cluster.
    async fn check(&self) -> RedisResult<()> {
        let asked = self.nodes.iter().map(|node| Box::pin(ask(node.clone())));
        select_ok(asked).await?;
        Ok(())
    }
}

async fn ask(node: ConnectionInfo) -> RedisResult<()> {
    let client = Client::open(node)?;
    let mut one = client.get_multiplexed_async_connection().await?;
    let mut ask = redis::cmd("CLUSTER");
    let told = ask.arg("INFO").exec_async(&mut one).await;
    told.map_err(|error| match error.detail() {
        Some(detail) if detail.contains("cluster support disabled") => RedisError::from((
            ErrorKind::InvalidClientConfig,
            "this Redis is not a cluster; write redis:// instead of redis+cluster://",
        )),
        _ => error,
    })
}

/// Returns the incoming messages, up to the first possible loss.
fn messages_of(mut pushes: mpsc::Receiver<PushInfo>) -> impl futures_util::Stream<Item = Msg> {
    poll_fn(move |context| pushes.poll_recv(context))
        .take_while(|push| {
            let is_lost = matches!(push.kind, PushKind::Disconnection | PushKind::SUnsubscribe);
            std::future::ready(!is_lost)
        })
        .filter_map(async |push| Msg::from_push_info(push))
}
