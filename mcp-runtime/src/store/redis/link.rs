//! The connections of one instance to Redis: commands with a limit in time, a breaker, messages, and a sign of life.
//!
//! Invariants: a command takes at most [`LIMIT`], and none once the breaker is open; one task connects, again and again,
//! for all; whoever listens is told of each gap.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::{Cmd, ErrorKind, FromRedisValue, Pipeline, RedisError, RedisResult, Script};
use redis::{Msg, ScriptInvocation, ServerErrorKind};
use tokio::sync::{Notify, broadcast};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tokio_util::task::AbortOnDropHandle;

use super::place::{Connected, Place};
use super::stats::{Kind, Stats};
use crate::clock::millis;
use crate::store::StoreError;

/// The time that a command may take.
pub(crate) const LIMIT: Duration = Duration::from_millis(200);
/// The number of failures in a row that open the breaker.
const FAILURES: u32 = 5;
/// The waits between two attempts to connect: the first, and the longest.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// The time between two signs of life, and the time for which one is good.
const BEAT: Duration = Duration::from_secs(5);
const ALIVE: Duration = Duration::from_secs(30);
/// The maximum number of messages that wait for one listener.
const WAITING: usize = 1024;
/// The time for which a fault of the server is shown.
const SHOWN: Duration = Duration::from_secs(10);
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
    state: Mutex<State>,
    failures: AtomicU32,
    instances: AtomicU32,
    /// Wakes the keeper when the breaker opens, or when another instance came or went.
    tripped: Notify,
    beat: Notify,
    heard: broadcast::Sender<Heard>,
    pub stats: Stats,
}

/// Keeps a link connected until it is dropped.
#[derive(Debug)]
pub(crate) struct Keeper {
    pub link: Arc<Link>,
    task: OnceLock<AbortOnDropHandle<()>>,
}

#[derive(Default)]
struct State {
    /// The connection; `None` while the breaker is open.
    commands: Option<MultiplexedConnection>,
    /// The reason why there is none, and whether one has ever been there.
    reason: String,
    fault: Option<(Instant, String)>,
}

/// Something that came in.
#[derive(Clone, Debug)]
pub(crate) enum Heard {
    /// On the channel of all.
    Change(Bytes),
    /// On the channel of this instance.
    Signal(Bytes),
    /// Messages may have been lost.
    Gap,
}

/// Listens to what comes in.
#[derive(Debug)]
pub(crate) struct Ears(broadcast::Receiver<Heard>);

/// The reason why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub(super) enum LinkError {
    #[error("Redis is away: {0}")]
    Away(String),
    #[error("Redis did not answer within {} ms", LIMIT.as_millis())]
    Slow,
    #[error(transparent)]
    Redis(#[from] RedisError),
}

impl Link {
    /// Makes a link that is not connected yet. Its keys begin with `prefix`.
    pub(crate) fn new(place: Place, prefix: &str) -> Arc<Self> {
        let state = State {
            reason: "not connected yet".to_owned(),
            ..State::default()
        };
        Arc::new(Self {
            place,
            prefix: prefix.to_owned(),
            instance: crate::random::id().unwrap_or_else(|| std::process::id().to_string()),
            state: Mutex::new(state),
            failures: AtomicU32::new(0),
            instances: AtomicU32::new(1),
            tripped: Notify::new(),
            beat: Notify::new(),
            heard: broadcast::Sender::new(WAITING),
            stats: Stats::default(),
        })
    }

    /// Returns the reason why the store is away or fails, if it does.
    pub(crate) fn trouble(&self) -> Option<String> {
        let state = lock(&self.state);
        if state.commands.is_none() {
            return Some(format!("Redis is away: {}", state.reason));
        }
        let fault = state.fault.as_ref();
        let recent = fault.filter(|(at, _)| at.elapsed() < SHOWN);
        recent.map(|(_, text)| text.clone())
    }

    /// Returns the number of instances that were last seen.
    pub(crate) fn instances(&self) -> u32 {
        self.instances.load(Ordering::Relaxed)
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
        Ears(self.heard.subscribe())
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

    fn commands(&self, kind: Kind) -> Result<impl ConnectionLike + use<>, LinkError> {
        let state = lock(&self.state);
        let commands = state.commands.clone().ok_or_else(|| {
            self.stats.refuse(kind);
            LinkError::Away(state.reason.clone())
        })?;
        Ok(commands)
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
            Ok(_) => self.failures.store(0, Ordering::Relaxed),
            Err(error) => self.failed(error),
        }
        result
    }

    /// Notes a failure; too many in a row open the breaker, and so does a connection that is no use any more.
    fn failed(&self, error: &LinkError) {
        let text = error.to_string();
        let is_lost = match error {
            LinkError::Redis(error) if !is_outage(error) => {
                lock(&self.state).fault = Some((Instant::now(), text));
                return;
            }
            LinkError::Redis(error) => error.is_unrecoverable_error() || is_demoted(error),
            LinkError::Slow | LinkError::Away(_) => false,
        };
        let failures = 1 + self.failures.fetch_add(1, Ordering::Relaxed);
        if failures >= FAILURES || is_lost {
            self.down(&text);
            self.tripped.notify_one();
        }
    }

    /// Opens the breaker.
    fn down(&self, reason: &str) {
        let mut state = lock(&self.state);
        reason.clone_into(&mut state.reason);
        if state.commands.take().is_some() {
            self.stats.up.set(0);
            tracing::warn!(
                reason,
                instances = self.instances(),
                "Redis is away; this instance goes on by itself"
            );
        }
    }

    fn is_up(&self) -> bool {
        lock(&self.state).commands.is_some()
    }

    fn up(&self, commands: MultiplexedConnection) {
        self.failures.store(0, Ordering::Relaxed);
        let mut state = lock(&self.state);
        state.commands = Some(commands);
        state.fault = None;
        self.stats.up.set(1);
        tracing::info!("connected to Redis");
    }

    async fn connect(&self) -> RedisResult<Connected> {
        let channels = [self.changes_channel(), self.channel_of(&self.instance)];
        self.place.connect(&channels).await
    }

    /// Shows that this instance is there, and counts all of them.
    async fn show_life(&self) -> Result<(), StoreError> {
        let mut sign = SIGN.prepare_invoke();
        sign.key(self.key("instances")).arg(&self.instance);
        sign.arg(millis(ALIVE));
        let instances: u32 = self.invoke(Kind::Link, &sign).await?;
        self.instances.store(instances.max(1), Ordering::Relaxed);
        self.stats.instances.set(instances.into());
        Ok(())
    }

    /// Returns whether an instance has shown a sign of life that is still good.
    pub(super) async fn has_instance(&self, instance: &str) -> Result<bool, StoreError> {
        let mut seen = redis::cmd("ZSCORE");
        seen.arg(self.key("instances")).arg(instance);
        // Signs that are no longer good are removed with every sign of another.
        let seen: Option<f64> = self.run(Kind::Link, &seen).await?;
        Ok(seen.is_some())
    }

    async fn say_hello(&self) -> Result<(), StoreError> {
        let mut hello = redis::cmd("PUBLISH");
        hello.arg(self.changes_channel()).arg(HELLO);
        self.run(Kind::Link, &hello).await
    }

    fn hear(&self, message: &Msg) {
        let payload = message.get_payload_bytes();
        let is_own = message.get_channel_name() != self.changes_channel();
        if !is_own && payload == HELLO {
            self.beat.notify_one();
            return;
        }
        let payload = Bytes::copy_from_slice(payload);
        let heard = if is_own {
            Heard::Signal(payload)
        } else {
            Heard::Change(payload)
        };
        // Nobody may listen.
        let _ = self.heard.send(heard);
    }
}

impl Keeper {
    pub(crate) fn new(link: Arc<Link>) -> Self {
        Self {
            link,
            task: OnceLock::new(),
        }
    }

    /// Connects. An error means that it would be the same for ever, as with a wrong password; a Redis that is not there is
    /// connected to as soon as it is.
    pub(crate) async fn start(&self) -> Result<(), String> {
        if self.task.get().is_some() {
            return Ok(());
        }
        let connected = match self.link.connect().await {
            Ok(connected) => Some(connected),
            Err(error) if is_refused(&error) => {
                return Err(format!(
                    "Redis refuses this server: {error}; check the user and the password in the URL"
                ));
            }
            Err(error) => {
                tracing::warn!(%error, "Redis is away; this instance begins by itself");
                lock(&self.link.state).reason = error.to_string();
                None
            }
        };
        self.keep(connected);
        Ok(())
    }

    /// Connects in the background, if nothing has so far. Needs a runtime.
    pub(crate) fn begin(&self) {
        if self.task.get().is_none() {
            self.keep(None);
        }
    }

    fn keep(&self, connected: Option<Connected>) {
        self.task.get_or_init(|| {
            let link = Arc::clone(&self.link);
            AbortOnDropHandle::new(tokio::spawn(async move { keep(&link, connected).await }))
        });
    }

    /// Takes leave of the other instances.
    pub(crate) async fn stop(&self) {
        let mut gone = redis::cmd("ZREM");
        gone.arg(self.link.key("instances"))
            .arg(&self.link.instance);
        // Whoever is away has no leave to take.
        let _ = self.link.run::<()>(Kind::Link, &gone).await;
        let _ = self.link.say_hello().await;
    }
}

impl Ears {
    /// Waits for the next; `None` when the link is gone.
    pub(crate) async fn next(&mut self) -> Option<Heard> {
        match self.0.recv().await {
            Ok(heard) => Some(heard),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Heard::Gap),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

/// Connects for ever, with waits that grow while there is no Redis.
async fn keep(link: &Arc<Link>, mut connected: Option<Connected>) {
    let mut wait = FIRST_WAIT;
    let mut has_missed = false;
    loop {
        let attempt = match connected.take() {
            Some(connected) => Ok(connected),
            None => link.connect().await,
        };
        match attempt {
            Ok(connected) => {
                wait = FIRST_WAIT;
                serve(link, connected, has_missed).await;
                has_missed = true;
            }
            Err(error) => {
                has_missed = true;
                link.down(&error.to_string());
                tracing::debug!(%error, "Redis is still away");
            }
        }
        // Instances that lost it together do not come back together.
        sleep(wait.mul_f64(0.5 + 0.5 * share_of_one(&link.instance))).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

/// Uses a connection until it is lost, or the breaker opens.
async fn serve(link: &Arc<Link>, connected: Connected, has_missed: bool) {
    let Connected {
        commands,
        mut messages,
    } = connected;
    link.up(commands);
    // A sign that could not be shown is shown with the next beat.
    let _ = link.show_life().await;
    let _ = link.say_hello().await;
    if has_missed {
        let _ = link.heard.send(Heard::Gap);
    }
    let mut messages = messages.on_message();
    let mut beats = interval(BEAT);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            message = messages.next() => {
                let Some(message) = message else {
                    link.down("the connection was closed");
                    return;
                };
                link.hear(&message);
            }
            // It may have been an earlier connection.
            () = link.tripped.notified() => if !link.is_up() {
                return;
            },
            _ = beats.tick() => drop(link.show_life().await),
            () = link.beat.notified() => drop(link.show_life().await),
        }
    }
}

/// A number from 0 to 1 that two instances hardly share.
fn share_of_one(instance: &str) -> f64 {
    let last = instance.as_bytes().last_chunk::<4>();
    let digits = last.and_then(|it| std::str::from_utf8(it).ok());
    let number = digits.and_then(|it| u16::from_str_radix(it, 16).ok());
    f64::from(number.unwrap_or_default()) / f64::from(u16::MAX)
}

/// Returns true if the user or the password is wrong.
fn is_refused(error: &RedisError) -> bool {
    error.kind() == ErrorKind::AuthenticationFailed
        || matches!(error.code(), Some("WRONGPASS" | "NOAUTH" | "NOPERM"))
        || error.kind() == ErrorKind::InvalidClientConfig
}

/// Returns true if an error is about the connection or the server, and not about one command.
fn is_outage(error: &RedisError) -> bool {
    match error.kind() {
        ErrorKind::Io | ErrorKind::Parse => true,
        ErrorKind::Server(_) => is_demoted(error),
        _ => false,
    }
}

/// Returns true if the server cannot be written to for now, as a primary that has become a replica.
fn is_demoted(error: &RedisError) -> bool {
    use ServerErrorKind::{BusyLoading, ClusterDown, MasterDown, ReadOnly};
    matches!(
        error.kind(),
        ErrorKind::Server(BusyLoading | ClusterDown | MasterDown | ReadOnly)
    )
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("is_up", &self.commands.is_some())
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
