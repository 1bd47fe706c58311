//! `concurrency`: so many calls at a time, so many more in the queue, and the rest is told at once.
//!
//! Invariants: first come, first served; a call that is dropped, running or waiting, frees its place; time in the queue
//! is no part of the timeout.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::handler::call::context::Slot;
use crate::handler::spec::kind::Item;
use crate::handler::spec::policy::Concurrency;

/// The places of one tool.
#[derive(Debug)]
pub(crate) struct Slots {
    limit: Concurrency,
    running: Arc<Semaphore>,
    waiting: Semaphore,
}

impl Slots {
    pub(super) fn new(limit: Concurrency) -> Self {
        let places = |count: u32| {
            usize::try_from(count)
                .unwrap_or(Semaphore::MAX_PERMITS)
                .min(Semaphore::MAX_PERMITS)
        };
        Self {
            limit,
            running: Arc::new(Semaphore::new(places(limit.max.max(1)))),
            waiting: Semaphore::new(places(limit.queue)),
        }
    }

    /// A place to run in, as soon as there is one; `None` when the queue is full too.
    pub(super) async fn enter(&self) -> Option<Slot> {
        if let Ok(slot) = Arc::clone(&self.running).try_acquire_owned() {
            return Some(Arc::new(slot));
        }
        let _place = self.waiting.try_acquire().ok()?;
        // Fails only when closed, which these places never are.
        Arc::clone(&self.running)
            .acquire_owned()
            .await
            .ok()
            .map(Arc::new)
    }

    /// What a caller is told who finds no place.
    pub(super) fn refusal(&self, item: Item<'_>) -> String {
        let Concurrency { max, queue } = self.limit;
        let calls = if max == 1 { "call" } else { "calls" };
        let waiting = if queue == 0 {
            String::new()
        } else {
            format!(" and lets {queue} more wait")
        };
        format!(
            "{item} is busy: it runs at most {max} {calls} at a time{waiting}; \
             call it again when one of them has been answered, and fewer times at once"
        )
    }
}
