//! Changes: one channel, with a gap after each connection that was lost.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::unfold;

use super::link::{Heard, Link};
use super::stats::Kind;
use crate::store::{Changes, Incoming, StoreFuture, Subscription};

#[derive(Debug)]
pub(super) struct RedisChanges(pub Arc<Link>);

impl Changes for RedisChanges {
    fn publish(&self, message: Bytes) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            let mut publish = redis::cmd("PUBLISH");
            publish.arg(self.0.changes_channel()).arg(&message[..]);
            self.0.run(Kind::Changes, &publish).await
        })
    }

    fn subscribe(&self) -> Subscription {
        let next = async |mut ears: super::link::Ears| loop {
            match ears.next().await? {
                Heard::Change(message) => return Some((Incoming::Message(message), ears)),
                Heard::Gap => return Some((Incoming::Gap, ears)),
                Heard::Signal(_) => {}
            }
        };
        Box::pin(unfold(self.0.listen(), next))
    }
}
