//! The link of one instance to Redis: commands with a timeout, messages to one or all instances, and heartbeats.
//!
//! Invariants: a command takes at most [`LIMIT`], and fails immediately while the breaker is open; a Redis is used only
//! after it has taken a write and a message of this instance; subscribers are notified of each gap.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bytes::Bytes;
use redis::{Cmd, FromRedisValue, Msg, Pipeline, RedisResult, Script, ScriptInvocation};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use super::breaker::Breaker;
use super::commands::{Commands, Connected};
use super::fault::{LIMIT, LinkError};
use super::messages::{Fanout, Received, Subscription};
use super::place::Place;
use super::stats::{Kind, Stats};
use crate::clock::millis;
use crate::store::StoreError;

/// The timeout of a connection attempt: several handshakes of TLS in a cluster.
const CONNECTING: Duration = Duration::from_secs(2);
/// The lifetime of a heartbeat.
const ALIVE: Duration = Duration::from_secs(30);
/// The message that announces a new or leaving instance to the others.
const ANNOUNCEMENT: &[u8] = b"hello";

static HEARTBEAT: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/alive.lua")));

/// The link of one instance to Redis.
#[derive(Debug)]
pub(crate) struct Link {
    place: Place,
    prefix: String,
    /// The name of this instance among those that share the prefix.
    pub instance: String,
    pub(super) breaker: Breaker,
    instances: AtomicU32,
    /// Wakes the reconnector when another instance joins or leaves.
    pub(super) beat: Notify,
    pub(super) fanout: Fanout,
    pub stats: Stats,
}

impl Link {
    /// Creates an unconnected link. Its keys start with `prefix`.
    pub(crate) fn new(place: Place, prefix: &str) -> Arc<Self> {
        Arc::new(Self {
            place,
            prefix: prefix.to_owned(),
            instance: crate::random::id().unwrap_or_else(|| std::process::id().to_string()),
            breaker: Breaker::new(),
            instances: AtomicU32::new(1),
            beat: Notify::new(),
            fanout: Fanout::default(),
            stats: Stats::default(),
        })
    }

    /// Returns the reason why the store is unavailable or failing, if it is.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.breaker.trouble()
    }

    /// Returns the number of instances at the last heartbeat.
    pub(crate) fn instances(&self) -> u32 {
        self.instances.load(Ordering::Relaxed)
    }

    /// Returns whether keys are distributed over several primaries, so that the keys of one script or pipeline must be in
    /// one slot.
    pub(crate) fn is_cluster(&self) -> bool {
        self.place.is_cluster()
    }

    pub(crate) fn key(&self, name: &str) -> String {
        format!("{}:{name}", self.prefix)
    }

    pub(super) fn changes_channel(&self) -> String {
        self.key("changes")
    }

    /// Returns the channel of one instance.
    pub(crate) fn channel_of(&self, instance: &str) -> String {
        self.key(&format!("to:{instance}"))
    }

    /// Subscribes to the messages received from now on.
    pub(crate) fn subscribe(&self) -> Subscription {
        self.fanout.subscribe()
    }

    /// Runs a command.
    pub(crate) async fn run<T: FromRedisValue>(
        &self,
        kind: Kind,
        command: &Cmd,
    ) -> Result<T, StoreError> {
        let mut commands = self.commands(kind)?;
        let result = timeout(LIMIT, command.query_async(&mut commands));
        Ok(self.measured(kind, result).await?)
    }

    /// Runs a pipeline.
    pub(crate) async fn run_all<T: FromRedisValue>(
        &self,
        kind: Kind,
        commands: &Pipeline,
    ) -> Result<T, StoreError> {
        let mut connection = self.commands(kind)?;
        let result = timeout(LIMIT, commands.query_async(&mut connection));
        Ok(self.measured(kind, result).await?)
    }

    /// Runs a script.
    pub(crate) async fn invoke<T: FromRedisValue>(
        &self,
        kind: Kind,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, StoreError> {
        let mut commands = self.commands(kind)?;
        let result = timeout(LIMIT, script.invoke_async(&mut commands));
        Ok(self.measured(kind, result).await?)
    }

    /// Publishes a message on a channel; returns the number of subscribers.
    pub(crate) async fn publish(
        &self,
        kind: Kind,
        channel: &str,
        message: &[u8],
    ) -> Result<u32, StoreError> {
        self.run(kind, &self.message(channel, message)).await
    }

    fn message(&self, channel: &str, message: &[u8]) -> Cmd {
        // In a cluster the primary with the slot of the channel delivers the message and counts the subscribers.
        let mut publish = redis::cmd(if self.is_cluster() {
            "SPUBLISH"
        } else {
            "PUBLISH"
        });
        publish.arg(channel).arg(message);
        publish
    }

    fn commands(&self, kind: Kind) -> Result<Commands, LinkError> {
        let commands = self.breaker.commands();
        if commands.is_err() {
            self.stats.refuse(kind);
        }
        commands
    }

    async fn measured<T>(
        &self,
        kind: Kind,
        result: impl Future<Output = Result<RedisResult<T>, tokio::time::error::Elapsed>>,
    ) -> Result<T, LinkError> {
        let begun = Instant::now();
        let result = match result.await {
            Ok(result) => result.map_err(LinkError::Redis),
            Err(_) => Err(LinkError::Slow),
        };
        self.stats.record(kind, begun.elapsed(), result.is_err());
        match &result {
            Ok(_) => self.breaker.succeeded(),
            Err(error) if self.breaker.failed(error) => self.down(&error.to_string()),
            Err(_) => {}
        }
        result
    }

    /// Opens the breaker.
    pub(super) fn down(&self, reason: &str) {
        if self.breaker.open(reason) {
            self.stats.up.set(0);
            tracing::warn!(
                reason,
                instances = self.instances(),
                "Redis is unavailable; this instance continues alone"
            );
        }
    }

    pub(super) fn up(&self, commands: Commands) {
        self.breaker.close(commands);
        self.stats.up.set(1);
        tracing::info!("connected to Redis");
    }

    /// Connects, enters this instance in the set of live instances, and announces it.
    ///
    /// Without these writes a Redis that refuses them, such as a replica or a full one, would count as available.
    pub(super) async fn connect(&self) -> RedisResult<Connected> {
        let channels = [self.changes_channel(), self.channel_of(&self.instance)];
        let connecting = async {
            let mut connected = self.place.connect(&channels).await?;
            let commands = &mut connected.commands;
            self.count(self.alive().invoke_async(commands).await?);
            self.announcement().exec_async(commands).await?;
            Ok(connected)
        };
        let ended = timeout(CONNECTING, connecting).await;
        ended.unwrap_or_else(|_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()))
    }

    /// Renews the entry of this instance in the set of live instances, and counts the entries.
    pub(super) async fn heartbeat(&self) -> Result<(), StoreError> {
        let instances = self.invoke(Kind::Link, &self.alive()).await?;
        self.count(instances);
        Ok(())
    }

    fn alive(&self) -> ScriptInvocation<'static> {
        let mut alive = HEARTBEAT.prepare_invoke();
        alive.key(self.key("instances")).arg(&self.instance);
        alive.arg(millis(ALIVE));
        alive
    }

    fn count(&self, instances: u32) {
        self.instances.store(instances.max(1), Ordering::Relaxed);
        self.stats.instances.set(instances.into());
    }

    /// Removes this instance from the set of live instances, and announces it.
    pub(super) async fn deregister(&self) -> Result<(), StoreError> {
        let mut gone = redis::cmd("ZREM");
        gone.arg(self.key("instances")).arg(&self.instance);
        self.run::<()>(Kind::Link, &gone).await?;
        self.run::<()>(Kind::Link, &self.announcement()).await
    }

    /// Returns whether an instance is in the set of live instances.
    pub(super) async fn has_instance(&self, instance: &str) -> Result<bool, StoreError> {
        let mut seen = redis::cmd("ZSCORE");
        seen.arg(self.key("instances")).arg(instance);
        // Each heartbeat of another instance removes expired entries.
        let seen: Option<f64> = self.run(Kind::Link, &seen).await?;
        Ok(seen.is_some())
    }

    fn announcement(&self) -> Cmd {
        self.message(&self.changes_channel(), ANNOUNCEMENT)
    }

    pub(super) fn receive(&self, message: &Msg) {
        let payload = message.get_payload_bytes();
        let is_own = message.get_channel_name() != self.changes_channel();
        if !is_own && payload == ANNOUNCEMENT {
            self.beat.notify_one();
            return;
        }
        let payload = Bytes::copy_from_slice(payload);
        self.fanout.send(if is_own {
            Received::Signal(payload)
        } else {
            Received::Change(payload)
        });
    }
}
