//! Changes: one channel, with a gap after each lost connection.

use std::sync::Arc;

use super::link::Link;
use super::messages::{Received, Subscription};
use super::stats::Kind;
use crate::store::{Changes, Feed, Incoming, StoreFuture};

#[derive(Debug)]
pub(super) struct RedisChanges(pub Arc<Link>);

impl Changes for RedisChanges {
    fn publish(&self, message: Vec<u8>) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            let channel = self.0.changes_channel();
            self.0.publish(Kind::Changes, &channel, &message).await?;
            Ok(())
        })
    }

    fn subscribe(&self) -> Feed<Incoming> {
        let next = async |mut messages: Subscription| loop {
            match messages.next().await? {
                Received::Change(message) => {
                    return Some((Incoming::Message(message.into()), messages));
                }
                Received::Gap => return Some((Incoming::Gap, messages)),
                Received::Signal(_) => {}
            }
        };
        Feed::new(self.0.subscribe(), next)
    }
}
