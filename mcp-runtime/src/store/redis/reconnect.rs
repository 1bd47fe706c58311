//! Reconnects a link.
//!
//! Invariants: one task per link connects and reconnects; a cluster with an unresponsive primary counts as unavailable.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tokio_util::task::AbortOnDropHandle;

use super::commands::Connected;
use super::fault::{LIMIT, explained, refusal};
use super::link::Link;
use super::messages::Received;
use super::stats::Kind;

/// The first and the longest wait between two connection attempts.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// The time between two heartbeats.
const BEAT: Duration = Duration::from_secs(5);

/// Connects a link, and reconnects it after a loss, until dropped.
#[derive(Debug)]
pub(crate) struct Reconnector {
    pub link: Arc<Link>,
    task: OnceLock<AbortOnDropHandle<()>>,
}

impl Reconnector {
    pub(crate) fn new(link: Arc<Link>) -> Self {
        Self {
            link,
            task: OnceLock::new(),
        }
    }

    /// Connects. An error is permanent, such as a wrong password; an unavailable Redis is connected to in the background.
    pub(crate) async fn start(&self) -> Result<(), String> {
        if self.task.get().is_some() {
            return Ok(());
        }
        let connected = match self.link.connect().await {
            Ok(connected) => Some(connected),
            Err(error) => {
                if let Some(refusal) = refusal(&error) {
                    return Err(refusal);
                }
                let reason = explained(&error);
                tracing::warn!(
                    reason,
                    "Redis is unavailable; this instance starts alone, and connects as soon as it can"
                );
                self.link.down(&reason);
                None
            }
        };
        self.spawn(connected);
        Ok(())
    }

    /// Connects in the background, unless started. Needs a runtime.
    pub(crate) fn start_in_background(&self) {
        if self.task.get().is_none() {
            self.spawn(None);
        }
    }

    fn spawn(&self, connected: Option<Connected>) {
        self.task.get_or_init(|| {
            let link = Arc::clone(&self.link);
            AbortOnDropHandle::new(tokio::spawn(
                async move { reconnect(&link, connected).await },
            ))
        });
    }

    /// Removes this instance from the set of live instances, for good. A failure is ignored, since entries expire.
    pub(crate) async fn stop(&self) {
        if let Some(task) = self.task.get() {
            // Its next heartbeat would enter the instance again.
            task.abort();
        }
        let _ = self.link.deregister().await;
    }
}

/// Connects and serves a link in a loop, with exponential backoff between attempts.
async fn reconnect(link: &Arc<Link>, mut connected: Option<Connected>) {
    let mut wait = FIRST_WAIT;
    let mut has_missed = false;
    let mut refused = String::new();
    loop {
        let attempt = match connected.take() {
            Some(connected) => Ok(connected),
            None => link.connect().await,
        };
        match attempt {
            Ok(connected) => {
                let begun = Instant::now();
                serve(link, connected, has_missed).await;
                has_missed = true;
                // A server that fails again immediately is not connected to more often than one that is down.
                if begun.elapsed() > LONGEST_WAIT {
                    wait = FIRST_WAIT;
                }
            }
            Err(error) => {
                has_missed = true;
                let reason = explained(&error);
                link.down(&reason);
                if refusal(&error).is_some() && refused != reason {
                    tracing::warn!(reason, "Redis does not accept this instance");
                    refused = reason;
                }
            }
        }
        // Jitter keeps instances that lost the connection together from reconnecting together.
        sleep(wait.mul_f64(0.5 + 0.5 * jitter(&link.instance))).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

/// Serves a connection until it is lost or the breaker opens.
async fn serve(link: &Arc<Link>, connected: Connected, has_missed: bool) {
    let Connected {
        commands,
        mut messages,
    } = connected;
    link.up(commands);
    if has_missed {
        link.fanout.send(Received::Gap);
    }
    let mut beats = interval(BEAT);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            message = messages.next() => {
                let Some(message) = message else {
                    link.down("the connection was closed");
                    return;
                };
                link.receive(&message);
            }
            // The breaker may have opened for an earlier connection.
            () = link.breaker.tripped.notified() => if !link.breaker.is_up() {
                return;
            },
            () = link.breaker.doubted.notified() => check(link).await,
            _ = beats.tick() => {
                let _ = link.heartbeat().await;
                check_subscription(link).await;
                check(link).await;
            }
            () = link.beat.notified() => drop(link.heartbeat().await),
        }
    }
}

/// Opens the breaker if a primary of a cluster does not respond: commands to the others succeed, so that the failures are
/// not consecutive.
async fn check(link: &Arc<Link>) {
    if !link.is_cluster() {
        return;
    }
    let Ok(mut commands) = link.breaker.commands() else {
        return;
    };
    match timeout(LIMIT * 2, commands.ping_all()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => link.down(&format!(
            "a primary of the cluster does not respond: {error}"
        )),
        Err(_) => link.down("a primary of the cluster does not respond"),
    }
}

/// Opens the breaker if this instance is not subscribed at the node of its channel, such as after a primary of a cluster
/// has become a replica, which keeps its subscribers.
async fn check_subscription(link: &Arc<Link>) {
    if !link.is_cluster() {
        return;
    }
    let own = link.channel_of(&link.instance);
    if let Ok(0) = link.publish(Kind::Link, &own, b"").await {
        link.down("the channels have moved to another node");
    }
}

/// Returns a number from 0 to 1, derived from the random name of the instance.
fn jitter(instance: &str) -> f64 {
    let last = instance.as_bytes().last_chunk::<4>();
    let digits = last.and_then(|it| std::str::from_utf8(it).ok());
    let number = digits.and_then(|it| u16::from_str_radix(it, 16).ok());
    f64::from(number.unwrap_or_default()) / f64::from(u16::MAX)
}
