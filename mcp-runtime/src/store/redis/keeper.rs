//! Keeps a link connected.
//!
//! Invariants: one task connects, again and again, for all; a cluster of which one primary does not answer is away.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tokio_util::task::AbortOnDropHandle;

use super::commands::Connected;
use super::ears::Heard;
use super::fault::{LIMIT, refusal};
use super::link::Link;
use super::stats::Kind;

/// The waits between two attempts to connect: the first, and the longest.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// The time between two signs of life.
const BEAT: Duration = Duration::from_secs(5);

/// Keeps a link connected until it is dropped.
#[derive(Debug)]
pub(crate) struct Keeper {
    pub link: Arc<Link>,
    task: OnceLock<AbortOnDropHandle<()>>,
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
            Err(error) => {
                if let Some(refusal) = refusal(&error) {
                    return Err(refusal);
                }
                tracing::warn!(%error, "Redis is away; this instance begins by itself");
                self.link.down(&error.to_string());
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
        // Whoever is away has no leave to take.
        let _ = self.link.take_leave().await;
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
        link.mouth.say(Heard::Gap);
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
                link.hear(&message);
            }
            // It may have been an earlier connection.
            () = link.breaker.tripped.notified() => if !link.breaker.is_up() {
                return;
            },
            () = link.breaker.doubted.notified() => check(link).await,
            _ = beats.tick() => {
                let _ = link.show_life().await;
                check_ears(link).await;
                check(link).await;
            }
            () = link.beat.notified() => drop(link.show_life().await),
        }
    }
}

/// Opens the breaker if one of the primaries of a cluster does not answer: commands to the others succeed, so that the
/// failures are not in a row.
async fn check(link: &Arc<Link>) {
    if !link.is_cluster() {
        return;
    }
    let Ok(mut commands) = link.breaker.commands() else {
        return;
    };
    match timeout(LIMIT * 2, commands.hear_all()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => link.down(&format!(
            "a primary of the cluster does not answer: {error}"
        )),
        Err(_) => link.down("a primary of the cluster does not answer"),
    }
}

/// Opens the breaker if this instance is not heard where its channel is, as after a primary of a cluster has become a
/// replica, which keeps those who listen.
async fn check_ears(link: &Arc<Link>) {
    if !link.is_cluster() {
        return;
    }
    let own = link.channel_of(&link.instance);
    if let Ok(0) = link.publish(Kind::Link, &own, b"").await {
        link.down("the channels have moved to another node");
    }
}

/// A number from 0 to 1 that two instances hardly share.
fn share_of_one(instance: &str) -> f64 {
    let last = instance.as_bytes().last_chunk::<4>();
    let digits = last.and_then(|it| std::str::from_utf8(it).ok());
    let number = digits.and_then(|it| u16::from_str_radix(it, 16).ok());
    f64::from(number.unwrap_or_default()) / f64::from(u16::MAX)
}
