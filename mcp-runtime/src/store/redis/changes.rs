//! Changes: one channel, with a gap after each connection that was lost.

use std::sync::Arc;

use super::ears::{Ears, Heard};
use super::link::Link;
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
        let next = async |mut ears: Ears| loop {
            match ears.next().await? {
                Heard::Change(message) => return Some((Incoming::Message(message.into()), ears)),
                Heard::Gap => return Some((Incoming::Gap, ears)),
                Heard::Signal(_) => {}
            }
        };
        Feed::new(self.0.listen(), next)
    }
}
