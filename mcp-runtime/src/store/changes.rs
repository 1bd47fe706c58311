//! Messages from each instance to all of them.

use std::fmt;

use super::{Feed, StoreFuture};

/// An item of a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// A message of an instance, possibly of this one.
    Message(Vec<u8>),
    /// Messages may have been lost, such as while a connection was down: everything may have changed.
    Gap,
}

/// Carries messages of at most 512 KiB about changes to all instances.
///
/// Tested by [`contract::changes`](super::contract::changes).
pub trait Changes: fmt::Debug + Send + Sync + 'static {
    /// Sends a message to all subscriptions, on all instances. An error means that some may not have received it.
    fn publish(&self, message: Vec<u8>) -> StoreFuture<'_, ()>;

    /// Subscribes to the messages that are published from now on. A loss, such as for a slow subscriber, is followed
    /// by [`Incoming::Gap`].
    fn subscribe(&self) -> Feed<Incoming>;
}
