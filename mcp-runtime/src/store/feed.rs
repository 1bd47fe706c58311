//! Streams of messages.

use std::fmt;
use std::pin::Pin;

use futures_util::stream::{Stream, StreamExt as _, unfold};

/// The messages of a store, one by one; it ends when dropped.
pub struct Feed<T>(Pin<Box<dyn Stream<Item = T> + Send>>);

impl<T> Feed<T> {
    /// Makes a feed from `next`, which returns a message and the next state, or `None` at the end. Each call gets the
    /// state that the previous one has returned.
    pub fn new<S, F>(state: S, next: impl FnMut(S) -> F + Send + 'static) -> Self
    where
        S: Send + 'static,
        T: 'static,
        F: Future<Output = Option<(T, S)>> + Send + 'static,
    {
        Self(Box::pin(unfold(state, next)))
    }

    /// Waits for the next message; `None` at the end.
    pub async fn next(&mut self) -> Option<T> {
        self.0.next().await
    }
}

impl<T> fmt::Debug for Feed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Feed")
    }
}
