//! Distribution of received messages to subscribers.

use bytes::Bytes;
use tokio::sync::broadcast;

/// The maximum number of queued messages per subscriber.
const QUEUED: usize = 1024;

/// A received message.
#[derive(Clone, Debug)]
pub(crate) enum Received {
    /// A message on the channel of all instances.
    Change(Bytes),
    /// A message on the channel of this instance.
    Signal(Bytes),
    /// Messages may have been lost.
    Gap,
}

/// Distributes messages to all subscriptions.
#[derive(Debug)]
pub(super) struct Fanout(broadcast::Sender<Received>);

/// Receives messages.
#[derive(Debug)]
pub(crate) struct Subscription(broadcast::Receiver<Received>);

impl Default for Fanout {
    fn default() -> Self {
        Self(broadcast::Sender::new(QUEUED))
    }
}

impl Fanout {
    pub(super) fn send(&self, message: Received) {
        // There may be no subscribers.
        let _ = self.0.send(message);
    }

    pub(super) fn subscribe(&self) -> Subscription {
        Subscription(self.0.subscribe())
    }
}

impl Subscription {
    /// Waits for the next message; `None` after the link is dropped.
    pub(crate) async fn next(&mut self) -> Option<Received> {
        match self.0.recv().await {
            Ok(message) => Some(message),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Received::Gap),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}
