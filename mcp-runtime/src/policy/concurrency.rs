//! `concurrency`: a maximum number of calls runs at a time, more wait in a bounded queue, and the rest are refused
//! immediately.
//!
//! Invariants: first come, first served; a call that is dropped, running or waiting, releases its permit; time in the
//! queue does not count against the timeout.
//!
//! There are two semaphores: `running` has a permit for each running call, `waiting` one for each place in the queue.
//! tokio's semaphore is fair, which orders the queue. A caller without a place is refused immediately: the queue is
//! the only thing that grows, and its length is declared.
//!
//! The permit is an `Arc` ([`Slot`]): a sync function on the blocking pool cannot be cancelled,
//! holds a clone, and so counts as running until it really ends.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::handler::call::context::Slot;
use crate::handler::spec::kind::Item;
use crate::handler::spec::policy::Concurrency;

/// The permits of one tool.
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

    /// Takes a permit if one is free; none is free while a call waits.
    pub(super) fn try_enter(&self) -> Option<Slot> {
        let slot = Arc::clone(&self.running).try_acquire_owned();
        slot.ok().map(Arc::new)
    }

    /// Waits for a permit; `None` if the queue is full.
    pub(super) async fn enter(&self) -> Option<Slot> {
        if let Some(slot) = self.try_enter() {
            return Some(slot);
        }
        let _place = self.waiting.try_acquire().ok()?;
        // Fails only if the semaphore is closed, which it never is.
        Arc::clone(&self.running)
            .acquire_owned()
            .await
            .ok()
            .map(Arc::new)
    }

    /// Returns the text of the error when the queue is full.
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
