//! The link of one instance to Redis: commands with a limit in time, messages to all instances or one, and a sign of life.
//!
//! Invariants: a command takes at most [`LIMIT`], and none once the breaker is open; whoever listens is told of each gap.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bytes::Bytes;
use redis::{Cmd, FromRedisValue, Msg, Pipeline, RedisResult, Script, ScriptInvocation};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use super::breaker::Breaker;
use super::commands::{Commands, Connected};
use super::ears::{Ears, Heard, Mouth};
use super::fault::{LIMIT, LinkError};
use super::place::Place;
use super::stats::{Kind, Stats};
use crate::clock::millis;
use crate::store::StoreError;

/// The time for which a sign of life is good.
const ALIVE: Duration = Duration::from_secs(30);
/// The message by which an instance tells the others that it is there, or goes.
const HELLO: &[u8] = b"hello";

static SIGN: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/alive.lua")));

/// The link of one instance to Redis.
#[derive(Debug)]
pub(crate) struct Link {
    place: Place,
    prefix: String,
    /// The name of this instance among those that share the prefix.
    pub instance: String,
    pub(super) breaker: Breaker,
    instances: AtomicU32,
    /// Wakes the keeper when another instance came or went.
    pub(super) beat: Notify,
    pub(super) mouth: Mouth,
    pub stats: Stats,
}

impl Link {
    /// Makes a link that is not connected yet. Its keys begin with `prefix`.
    pub(crate) fn new(place: Place, prefix: &str) -> Arc<Self> {
        Arc::new(Self {
            place,
            prefix: prefix.to_owned(),
            instance: crate::random::id().unwrap_or_else(|| std::process::id().to_string()),
            breaker: Breaker::new(),
            instances: AtomicU32::new(1),
            beat: Notify::new(),
            mouth: Mouth::default(),
            stats: Stats::default(),
        })
    }

    /// Returns the reason why the store is away or fails, if it does.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.breaker.trouble()
    }

    /// Returns the number of instances that were last seen.
    pub(crate) fn instances(&self) -> u32 {
        self.instances.load(Ordering::Relaxed)
    }

    /// Returns whether keys are spread over several primaries: the keys of one script, and of commands that are sent
    /// together, are in one slot.
    pub(crate) fn is_cluster(&self) -> bool {
        self.place.is_cluster()
    }

    pub(crate) fn key(&self, name: &str) -> String {
        format!("{}:{name}", self.prefix)
    }

    pub(super) fn changes_channel(&self) -> String {
        self.key("changes")
    }

    /// The channel of one instance.
    pub(crate) fn channel_of(&self, instance: &str) -> String {
        self.key(&format!("to:{instance}"))
    }

    /// Listens to what comes in from now on.
    pub(crate) fn listen(&self) -> Ears {
        self.mouth.ears()
    }

    /// Carries out a command.
    pub(crate) async fn run<T: FromRedisValue>(
        &self,
        kind: Kind,
        command: &Cmd,
    ) -> Result<T, StoreError> {
        let mut commands = self.commands(kind)?;
        let result = timeout(LIMIT, command.query_async(&mut commands));
        Ok(self.measured(kind, result).await?)
    }

    /// Carries out commands that are sent together.
    pub(crate) async fn run_all<T: FromRedisValue>(
        &self,
        kind: Kind,
        commands: &Pipeline,
    ) -> Result<T, StoreError> {
        let mut connection = self.commands(kind)?;
        let result = timeout(LIMIT, commands.query_async(&mut connection));
        Ok(self.measured(kind, result).await?)
    }

    /// Carries out a script.
    pub(crate) async fn invoke<T: FromRedisValue>(
        &self,
        kind: Kind,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, StoreError> {
        let mut commands = self.commands(kind)?;
        let result = timeout(LIMIT, script.invoke_async(&mut commands));
        Ok(self.measured(kind, result).await?)
    }

    /// Sends a message on a channel; returns the number of those that listen.
    pub(crate) async fn publish(
        &self,
        kind: Kind,
        channel: &str,
        message: &[u8],
    ) -> Result<u32, StoreError> {
        // In a cluster the primary with the slot of the channel delivers it: it is the one that counts who listens.
        let name = if self.is_cluster() {
            "SPUBLISH"
        } else {
            "PUBLISH"
        };
        self.run(kind, redis::cmd(name).arg(channel).arg(message))
            .await
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
            Err(error) if self.breaker.failed(error) => self.down(&error.text()),
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
                "Redis is away; this instance goes on by itself"
            );
        }
    }

    pub(super) fn up(&self, commands: Commands) {
        self.breaker.close(commands);
        self.stats.up.set(1);
        tracing::info!("connected to Redis");
    }

    pub(super) async fn connect(&self) -> RedisResult<Connected> {
        let channels = [self.changes_channel(), self.channel_of(&self.instance)];
        self.place.connect(&channels).await
    }

    /// Shows that this instance is there, and counts all of them.
    pub(super) async fn show_life(&self) -> Result<(), StoreError> {
        let mut sign = SIGN.prepare_invoke();
        sign.key(self.key("instances")).arg(&self.instance);
        sign.arg(millis(ALIVE));
        let instances: u32 = self.invoke(Kind::Link, &sign).await?;
        self.instances.store(instances.max(1), Ordering::Relaxed);
        self.stats.instances.set(instances.into());
        Ok(())
    }

    /// Takes leave of the other instances.
    pub(super) async fn take_leave(&self) -> Result<(), StoreError> {
        let mut gone = redis::cmd("ZREM");
        gone.arg(self.key("instances")).arg(&self.instance);
        self.run::<()>(Kind::Link, &gone).await?;
        self.say_hello().await
    }

    /// Returns whether an instance has shown a sign of life that is still good.
    pub(super) async fn has_instance(&self, instance: &str) -> Result<bool, StoreError> {
        let mut seen = redis::cmd("ZSCORE");
        seen.arg(self.key("instances")).arg(instance);
        // Signs that are no longer good are removed with every sign of another.
        let seen: Option<f64> = self.run(Kind::Link, &seen).await?;
        Ok(seen.is_some())
    }

    pub(super) async fn say_hello(&self) -> Result<(), StoreError> {
        self.publish(Kind::Link, &self.changes_channel(), HELLO)
            .await?;
        Ok(())
    }

    pub(super) fn hear(&self, message: &Msg) {
        let payload = message.get_payload_bytes();
        let is_own = message.get_channel_name() != self.changes_channel();
        if !is_own && payload == HELLO {
            self.beat.notify_one();
            return;
        }
        let payload = Bytes::copy_from_slice(payload);
        self.mouth.say(if is_own {
            Heard::Signal(payload)
        } else {
            Heard::Change(payload)
        });
    }
}
