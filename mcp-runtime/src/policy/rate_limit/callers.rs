//! Counters by caller, up to a maximum number of callers.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::{Caller, Counter, memory};
use crate::handler::spec::policy::RateLimit;

/// The maximum number of callers that have a counter of their own.
const MOST: usize = 1 << 16;
/// The number of checks after which idle callers are evicted.
const SWEEP: u32 = 1 << 10;

#[derive(Debug)]
pub(super) struct Callers {
    limit: RateLimit,
    counted: Mutex<Counted>,
}

#[derive(Debug, Default)]
struct Counted {
    /// The counter of each caller, and the time of the last admitted call.
    by_caller: HashMap<Caller, (Counter, Instant)>,
    checks: u32,
}

impl Callers {
    pub(super) fn new(limit: RateLimit) -> Self {
        Self {
            limit,
            counted: Mutex::default(),
        }
    }

    /// Counts a call of `caller`, or returns the time to wait; `None` if there is no room for another caller.
    pub(super) fn check(&self, caller: Caller) -> Option<Result<(), Duration>> {
        let now = Instant::now();
        let mut all = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        all.checks = all.checks.wrapping_add(1);
        if all.checks.is_multiple_of(SWEEP) {
            all.forget_idle(now, memory(self.limit));
        }
        let is_full = all.by_caller.len() >= MOST;
        if is_full && !all.by_caller.contains_key(&caller) {
            return None;
        }
        let (counter, last) = all
            .by_caller
            .entry(caller)
            .or_insert_with(|| (Counter::new(self.limit), now));
        let checked = counter.check(now);
        if checked.is_ok() {
            *last = now;
        }
        Some(checked)
    }
}

impl Counted {
    fn forget_idle(&mut self, now: Instant, memory: Duration) {
        self.by_caller
            .retain(|_, (_, last)| now.saturating_duration_since(*last) < memory);
        self.by_caller.shrink_to(self.by_caller.len() * 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(n: usize) -> Caller {
        Caller::Principal(n.to_string().into())
    }

    fn known(callers: &Callers) -> usize {
        callers.counted.lock().unwrap().by_caller.len()
    }

    #[tokio::test(start_paused = true)]
    async fn callers_are_counted_apart_and_forgotten_when_idle() {
        let callers = Callers::new(RateLimit::new(1, 60_000));
        assert_eq!(callers.check(caller(0)), Some(Ok(())));
        assert!(matches!(callers.check(caller(0)), Some(Err(_))));
        for n in 1..SWEEP as usize - 2 {
            assert_eq!(callers.check(caller(n)), Some(Ok(())));
        }
        tokio::time::advance(Duration::from_mins(1)).await;
        assert_eq!(callers.check(caller(0)), Some(Ok(())));
        assert_eq!(callers.check(caller(1)), Some(Ok(())));
        assert_eq!(known(&callers), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn there_is_room_for_so_many_and_no_more() {
        let callers = Callers::new(RateLimit::new(1, 60_000));
        for n in 0..MOST {
            assert_eq!(callers.check(caller(n)), Some(Ok(())));
        }
        assert_eq!(callers.check(caller(MOST)), None);
        assert!(
            matches!(callers.check(caller(7)), Some(Err(_))),
            "who is known stays known"
        );
        assert_eq!(known(&callers), MOST);
    }
}
