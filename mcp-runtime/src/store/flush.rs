//! Queues in front of a store.

use std::fmt::Debug;

use super::StoreFuture;

/// A queue in front of a store.
pub(crate) trait Flush: Debug + Send + Sync {
    /// Waits until the queue is sent.
    fn flush(&self) -> StoreFuture<'_, ()>;
}
