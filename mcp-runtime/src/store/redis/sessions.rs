//! Sessions: a hash with the fields and the joined instances, and signals on the channels of instances.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::try_join_all;
use redis::Script;

use super::link::Link;
use super::messages::{Received, Subscription};
use super::stats::Kind;
use crate::clock::millis;
use crate::store::{
    Feed, Joined, SessionFields, SessionSignal, SessionStore, StoreError, StoreFuture,
};

static PUT: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/put_session.lua")));
static JOIN: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/join_session.lua")));
static TELL: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/tell_session.lua")));

/// The prefix of a signal about a session.
const SESSION: &[u8] = b"session ";
/// The prefix of a field that names an instance.
const PART: char = '@';
/// The field of an ended session.
const ENDED: &str = "!ended";

#[derive(Debug)]
pub(super) struct RedisSessions(pub Arc<Link>);

impl RedisSessions {
    fn key(&self, key: &str) -> String {
        self.0.key(&format!("session:{key}"))
    }

    /// Applies a step, and signals the other instances.
    async fn tell(&self, key: &str, signal: &[u8], step: [&[u8]; 3]) -> Result<(), StoreError> {
        let message = message(key, signal);
        let mut tell = TELL.prepare_invoke();
        tell.key(self.key(key)).arg(&self.0.instance);
        if self.0.is_cluster() {
            // A script can publish only to channels in its own slot.
            tell.arg("").arg("");
        } else {
            tell.arg(self.0.channel_of("")).arg(&message);
        }
        tell.arg(&step[..]);
        let others: Vec<String> = self.0.invoke(Kind::Sessions, &tell).await?;
        let sent = others
            .iter()
            .map(|other| self.send_to(key, other, &message));
        try_join_all(sent).await?;
        Ok(())
    }

    /// Sends a message to an instance, and removes it from the session if it is not subscribed.
    async fn send_to(&self, key: &str, instance: &str, message: &[u8]) -> Result<(), StoreError> {
        let channel = self.0.channel_of(instance);
        if self.0.publish(Kind::Sessions, &channel, message).await? == 0 {
            let mut leave = redis::cmd("HDEL");
            leave.arg(self.key(key)).arg(format!("{PART}{instance}"));
            let _: u32 = self.0.run(Kind::Sessions, &leave).await?;
        }
        Ok(())
    }
}

impl SessionStore for RedisSessions {
    fn instance(&self) -> &str {
        &self.0.instance
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        fields: SessionFields,
        ttl: Duration,
    ) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let mut put = PUT.prepare_invoke();
            put.key(self.key(key)).arg(&self.0.instance);
            put.arg(millis(ttl).max(1));
            for (name, value) in &fields {
                put.arg(name).arg(&value[..]);
            }
            self.0.invoke(Kind::Sessions, &put).await
        })
    }

    fn join<'a>(&'a self, key: &'a str, ttl: Duration) -> StoreFuture<'a, Joined> {
        Box::pin(async move {
            let mut join = JOIN.prepare_invoke();
            join.key(self.key(key)).arg(&self.0.instance);
            join.arg(millis(ttl).max(1));
            let fields: SessionFields = self.0.invoke(Kind::Sessions, &join).await?;
            Ok(match &fields[..] {
                [] => Joined::Unknown,
                [(name, _)] if name == ENDED => Joined::Ended,
                _ => {
                    let is_field = |(name, _): &(String, _)| !name.starts_with(PART);
                    Joined::Open(fields.into_iter().filter(is_field).collect())
                }
            })
        })
    }

    fn touch<'a>(&'a self, key: &'a str, ttl: Duration) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let mut expire = redis::cmd("PEXPIRE");
            expire.arg(self.key(key)).arg(millis(ttl).max(1));
            self.0.run(Kind::Sessions, &expire).await
        })
    }

    fn set<'a>(
        &'a self,
        key: &'a str,
        field: &'a str,
        value: Option<Vec<u8>>,
        signal: Vec<u8>,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let step: [&[u8]; 3] = match &value {
                Some(value) => [b"set", field.as_bytes(), value],
                None => [b"remove", field.as_bytes(), b""],
            };
            self.tell(key, &signal, step).await
        })
    }

    fn tell<'a>(&'a self, key: &'a str, signal: Vec<u8>) -> StoreFuture<'a, ()> {
        Box::pin(async move { self.tell(key, &signal, [b"tell", b"", b""]).await })
    }

    fn send<'a>(
        &'a self,
        instance: &'a str,
        key: &'a str,
        signal: Vec<u8>,
    ) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let channel = self.0.channel_of(instance);
            let message = message(key, &signal);
            let heard = self.0.publish(Kind::Sessions, &channel, &message).await?;
            Ok(heard > 0)
        })
    }

    fn end<'a>(&'a self, key: &'a str, signal: Vec<u8>, ttl: Duration) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let ttl = millis(ttl).max(1).to_string();
            let step: [&[u8]; 3] = [b"end", ENDED.as_bytes(), ttl.as_bytes()];
            self.tell(key, &signal, step).await
        })
    }

    fn signals(&self) -> Feed<SessionSignal> {
        let next = async |mut messages: Subscription| loop {
            let signal = match messages.next().await? {
                Received::Signal(message) => parse(&message),
                Received::Gap => Some(SessionSignal::Gap),
                Received::Change(_) => None,
            };
            if let Some(signal) = signal {
                return Some((signal, messages));
            }
        };
        Feed::new(self.0.subscribe(), next)
    }

    fn is_there<'a>(&'a self, instance: &'a str) -> StoreFuture<'a, bool> {
        Box::pin(async move { self.0.has_instance(instance).await })
    }
}

fn message(key: &str, signal: &[u8]) -> Vec<u8> {
    [SESSION, key.as_bytes(), b" ", signal].concat()
}

fn parse(message: &Bytes) -> Option<SessionSignal> {
    let rest = message.strip_prefix(SESSION)?;
    let space = rest.iter().position(|byte| *byte == b' ')?;
    let (key, signal) = rest.split_at(space);
    let key = std::str::from_utf8(key).ok()?.to_owned();
    Some(SessionSignal::Signal(key, signal.get(1..)?.to_vec()))
}
