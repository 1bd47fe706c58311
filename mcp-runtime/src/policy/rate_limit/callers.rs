//! Counters by caller, up to a maximum number of callers.
//!
//! Invariants: a check evicts at most [`EVICTED_AT_ONCE`] idle callers, so that its duration is bounded; a caller is
//! evicted when its counter is back in its initial state and its rounds have expired, or when a new caller needs the
//! place of the longest idle.
//!
//! At most [`MOST`] (65,536) callers. Whoever has that many identities can evict others and so
//! begin anew with each of them; that takes as many verified subjects or networks of 64 bits, for
//! each of which it could have made its calls anyway. One mutex is enough for all: it is held for a
//! few look-ups in maps, never across an `.await`.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::rounds::Rounds;
use super::{Caller, Counter, memory};
use crate::handler::spec::policy::RateLimit;
use crate::seal::{LIFETIME, Stamp};

/// The maximum number of callers that have a counter of their own.
const MOST: usize = 1 << 16;
/// The maximum number of rounds that are tracked for one caller.
const ROUNDS: usize = 32;
/// The maximum number of idle callers that one check evicts.
const EVICTED_AT_ONCE: usize = 2;

#[derive(Debug)]
pub(super) struct Callers {
    limit: RateLimit,
    counted: Mutex<Counted>,
}

#[derive(Debug, Default)]
struct Counted {
    by_caller: HashMap<Caller, Entry>,
    /// The callers in the order of their last checks.
    by_age: BTreeMap<u64, Caller>,
    checks: u64,
}

#[derive(Debug)]
struct Entry {
    counter: Counter,
    rounds: Rounds,
    /// The number and the time of the last check.
    age: u64,
    last: Instant,
}

impl Callers {
    pub(super) fn new(limit: RateLimit) -> Self {
        Self {
            limit,
            counted: Mutex::default(),
        }
    }

    /// Counts a call of `caller`, unless it is a round that continues one, or returns the time to wait.
    pub(super) fn check(&self, caller: Caller, round: Option<Stamp>) -> Result<(), Duration> {
        let now = Instant::now();
        let mut counted = self.lock();
        counted.evict_idle(now, memory(self.limit));
        let entry = counted.entry(caller, now, self.limit);
        if round.is_some_and(|round| entry.rounds.continues(round, ROUNDS)) {
            return Ok(());
        }
        entry.counter.check(now)
    }

    /// Allows a round that did not run to continue its call again.
    pub(super) fn give_back(&self, caller: &Caller, round: Stamp) {
        if let Some(entry) = self.lock().by_caller.get_mut(caller) {
            entry.rounds.give_back(round);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counted {
    /// Returns the entry of `caller`, now the most recent; a new caller evicts the longest idle if all places are taken.
    fn entry(&mut self, caller: Caller, now: Instant, limit: RateLimit) -> &mut Entry {
        self.checks += 1;
        let age = self.checks;
        match self.by_caller.get(&caller) {
            Some(known) => {
                self.by_age.remove(&known.age);
            }
            None if self.by_caller.len() >= MOST => self.evict_oldest(),
            None => {}
        }
        self.by_age.insert(age, caller.clone());
        let entry = self.by_caller.entry(caller).or_insert_with(|| Entry {
            counter: Counter::new(limit),
            rounds: Rounds::default(),
            age,
            last: now,
        });
        (entry.age, entry.last) = (age, now);
        entry
    }

    fn evict_idle(&mut self, now: Instant, memory: Duration) {
        for _ in 0..EVICTED_AT_ONCE {
            let oldest = self.by_age.first_key_value();
            let is_idle = oldest
                .and_then(|(_, caller)| self.by_caller.get(caller))
                .is_some_and(|entry| entry.is_idle(now, memory));
            if !is_idle {
                return;
            }
            self.evict_oldest();
        }
    }

    /// The map is made smaller when it is 1/16 full, so that a wave of callers does not keep its
    /// memory; each shrinking moves less than what was evicted since the last one.
    fn evict_oldest(&mut self) {
        if let Some((_, caller)) = self.by_age.pop_first() {
            self.by_caller.remove(&caller);
        }
        if self.by_caller.len() < self.by_caller.capacity() / 16 {
            self.by_caller.shrink_to(self.by_caller.len() * 2);
        }
    }
}

impl Entry {
    fn is_idle(&self, now: Instant, memory: Duration) -> bool {
        let memory = if self.rounds.is_empty() {
            memory
        } else {
            memory.max(2 * LIFETIME)
        };
        now.saturating_duration_since(self.last) >= memory
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handler::spec::policy::Algorithm;

    fn caller(n: usize) -> Caller {
        Caller::Address(std::net::Ipv6Addr::from_bits(n as u128).into())
    }

    fn known(callers: &Callers) -> usize {
        let counted = callers.lock();
        assert_eq!(counted.by_caller.len(), counted.by_age.len());
        counted.by_caller.len()
    }

    #[tokio::test(start_paused = true)]
    async fn callers_are_counted_apart_and_forgotten_when_idle() {
        let callers = Callers::new(RateLimit::new(1, 60_000));
        for n in 0..1_000 {
            assert_eq!(callers.check(caller(n), None), Ok(()));
            assert!(callers.check(caller(n), None).is_err());
        }
        tokio::time::advance(Duration::from_mins(1)).await;
        for n in 0..1_000 {
            assert_eq!(callers.check(caller(n % 2), None).is_ok(), n < 2);
        }
        assert_eq!(known(&callers), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_newcomer_takes_the_room_of_the_one_who_was_idle_for_longest() {
        let callers = Callers::new(RateLimit::new(1, 60_000));
        for n in 0..MOST {
            assert_eq!(callers.check(caller(n), None), Ok(()));
        }
        assert!(callers.check(caller(0), None).is_err());
        assert_eq!(callers.check(caller(MOST), None), Ok(()));
        assert_eq!(known(&callers), MOST);
        for n in [0, 2, MOST] {
            assert!(callers.check(caller(n), None).is_err(), "{n}");
        }
        assert_eq!(callers.check(caller(1), None), Ok(()));
    }

    /// A busy caller does not cause the eviction of others before their time.
    #[tokio::test(start_paused = true)]
    async fn a_limit_is_not_forgotten_early() {
        for (limit, after) in [
            (RateLimit::new(10, 60_000), 13),
            (RateLimit::new(1, 60_000), 59),
            (
                RateLimit::new(1, 60_000).algorithm(Algorithm::SlidingWindow),
                59,
            ),
            (
                RateLimit::new(1, 60_000).algorithm(Algorithm::FixedWindow),
                59,
            ),
        ] {
            let callers = Callers::new(limit);
            let let_in = || {
                (0..20)
                    .filter(|_| callers.check(caller(0), None).is_ok())
                    .count()
            };
            assert_eq!(let_in(), limit.count as usize);
            tokio::time::advance(Duration::from_secs(after)).await;
            for n in 1..3_000 {
                assert_eq!(callers.check(caller(n), None), Ok(()));
            }
            assert_eq!(let_in(), if limit.count == 10 { 2 } else { 0 }, "{limit}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_with_rounds_is_known_for_as_long_as_they_live() {
        let callers = Callers::new(RateLimit::new(1, 1_000));
        let round = Stamp { issued: 1, id: 1 };
        assert_eq!(callers.check(caller(0), Some(round)), Ok(()));
        tokio::time::advance(LIFETIME).await;
        assert_eq!(callers.check(caller(1), None), Ok(()));
        assert_eq!(callers.check(caller(0), Some(round)), Ok(()), "counted");
        assert!(callers.check(caller(0), Some(round)).is_err());
    }

    /// One caller's rounds are remembered at the cost of nobody else.
    #[tokio::test(start_paused = true)]
    async fn rounds_of_others_make_none_count() {
        let callers = Callers::new(RateLimit::new(1, 60_000));
        assert_eq!(callers.check(caller(0), None), Ok(()));
        for id in 0..20_000 {
            let _ = callers.check(caller(1), Some(Stamp { issued: id, id }));
        }
        let mine = Stamp { issued: 1, id: 1 };
        assert_eq!(callers.check(caller(0), Some(mine)), Ok(()));
        assert!(callers.check(caller(0), Some(mine)).is_err());
    }
}
