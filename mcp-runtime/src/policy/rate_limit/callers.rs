//! Counters by caller, up to a maximum number of callers.
//!
//! Invariants: a check evicts at most [`EVICTED_AT_ONCE`] idle callers and moves as few entries of others
//! (`caller_index.rs`), so that its duration is bounded; a caller is evicted when its counter is back in its initial state
//! and its rounds have expired, or when a new caller needs an entry, and it is the longest idle.
//!
//! At most [`MOST`] (65,536) callers. A caller with that many identities can evict others and so reset each of its
//! counters; that takes as many verified subjects or networks of 64 bits, for each of which it could have made its
//! calls anyway. One mutex is enough for all: it is held for a look-up or two in a map, never across an `.await`.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::caller_index::{CallerIndex, Entries, EntryIndex, NO_ENTRY};
use super::rounds::Rounds;
use super::{Caller, Counter, memory};
use crate::handler::spec::policy::RateLimit;
use crate::seal::{LIFETIME, RoundId};

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

#[derive(Debug)]
struct Counted {
    by_caller: CallerIndex,
    entries: Entries<Entry>,
    /// The callers with the oldest and the newest last check.
    oldest: EntryIndex,
    newest: EntryIndex,
}

#[derive(Debug)]
struct Entry {
    caller: Caller,
    counter: Counter,
    rounds: Rounds,
    /// The time of the last check.
    last: Instant,
    /// The callers whose last check was the one before and the one after.
    older: EntryIndex,
    newer: EntryIndex,
}

impl AsRef<Caller> for Entry {
    fn as_ref(&self) -> &Caller {
        &self.caller
    }
}

impl Callers {
    pub(super) fn new(limit: RateLimit) -> Self {
        Self {
            limit,
            counted: Mutex::new(Counted::new()),
        }
    }

    /// Counts a call of `caller`, unless it is a round that continues one, or returns the time to wait.
    pub(super) fn check(&self, caller: Caller, round: Option<RoundId>) -> Result<(), Duration> {
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
    pub(super) fn forget_round(&self, caller: &Caller, round: RoundId) {
        let counted = &mut *self.lock();
        if let Some(index) = counted.by_caller.get(caller) {
            counted.entries[index].rounds.forget_round(round);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counted {
    fn new() -> Self {
        Self {
            by_caller: CallerIndex::default(),
            entries: Entries::default(),
            oldest: NO_ENTRY,
            newest: NO_ENTRY,
        }
    }

    /// Returns the entry of `caller`, now the most recent; a new caller evicts the longest idle if all entries are taken.
    fn entry(&mut self, caller: Caller, now: Instant, limit: RateLimit) -> &mut Entry {
        self.by_caller.advance(&self.entries);
        let index = match self.by_caller.get(&caller) {
            Some(index) if index == self.newest => index,
            Some(index) => {
                self.unlink(index);
                self.link(index);
                index
            }
            None => self.add(caller, now, limit),
        };
        let entry = &mut self.entries[index];
        entry.last = now;
        entry
    }

    fn add(&mut self, caller: Caller, now: Instant, limit: RateLimit) -> EntryIndex {
        if self.entries.len() >= MOST {
            self.evict_oldest();
        }
        let index = self.entries.len();
        self.entries.push(Entry {
            caller: caller.clone(),
            counter: Counter::new(limit),
            rounds: Rounds::default(),
            last: now,
            older: NO_ENTRY,
            newer: NO_ENTRY,
        });
        self.by_caller.insert(caller, index);
        self.link(index);
        index
    }

    fn evict_idle(&mut self, now: Instant, memory: Duration) {
        for _ in 0..EVICTED_AT_ONCE {
            if self.oldest == NO_ENTRY || !self.entries[self.oldest].is_idle(now, memory) {
                return;
            }
            self.evict_oldest();
        }
    }

    /// Evicts the longest idle; the last entry moves to its index.
    fn evict_oldest(&mut self) {
        let index = self.oldest;
        if index == NO_ENTRY {
            return;
        }
        self.unlink(index);
        let evicted = self.entries.swap_remove(index);
        self.by_caller.remove(&evicted.caller);
        if index < self.entries.len() {
            self.by_caller.set(&self.entries[index].caller, index);
            let Entry { older, newer, .. } = self.entries[index];
            *self.newer_of(older) = index;
            *self.older_of(newer) = index;
        }
        self.by_caller.fit(self.entries.len());
    }

    /// Makes the entry at `index`, which is among no others, the most recent.
    fn link(&mut self, index: EntryIndex) {
        let newest = self.newest;
        let entry = &mut self.entries[index];
        (entry.older, entry.newer) = (newest, NO_ENTRY);
        *self.newer_of(newest) = index;
        self.newest = index;
    }

    fn unlink(&mut self, index: EntryIndex) {
        let Entry { older, newer, .. } = self.entries[index];
        *self.newer_of(older) = newer;
        *self.older_of(newer) = older;
    }

    /// Returns the index of the entry after `index`; the first of all for [`NO_ENTRY`].
    fn newer_of(&mut self, index: EntryIndex) -> &mut EntryIndex {
        match index {
            NO_ENTRY => &mut self.oldest,
            index => &mut self.entries[index].newer,
        }
    }

    /// Returns the index of the entry before `index`; the last of all for [`NO_ENTRY`].
    fn older_of(&mut self, index: EntryIndex) -> &mut EntryIndex {
        match index {
            NO_ENTRY => &mut self.newest,
            index => &mut self.entries[index].older,
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
        let mut indices = Vec::new();
        let mut index = counted.oldest;
        while index != NO_ENTRY {
            let entry = &counted.entries[index];
            assert_eq!(counted.by_caller.get(&entry.caller), Some(index));
            indices.push(index);
            index = entry.newer;
        }
        assert_eq!(indices.last().copied().unwrap_or(NO_ENTRY), counted.newest);
        assert_eq!(indices.len(), counted.by_caller.len());
        assert_eq!(indices.len(), counted.entries.len());
        indices.len()
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
    async fn a_new_session_evicts_the_one_that_was_idle_longest() {
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
        let round = RoundId { issued: 1, id: 1 };
        assert_eq!(callers.check(caller(0), Some(round)), Ok(()));
        tokio::time::advance(LIFETIME).await;
        assert_eq!(callers.check(caller(1), None), Ok(()));
        assert_eq!(callers.check(caller(0), Some(round)), Ok(()), "counted");
        assert!(callers.check(caller(0), Some(round)).is_err());
    }

    /// Tracking one caller's rounds does not affect others.
    #[tokio::test(start_paused = true)]
    async fn rounds_of_others_make_none_count() {
        let callers = Callers::new(RateLimit::new(1, 60_000));
        assert_eq!(callers.check(caller(0), None), Ok(()));
        for id in 0..20_000 {
            let _ = callers.check(caller(1), Some(RoundId { issued: id, id }));
        }
        let mine = RoundId { issued: 1, id: 1 };
        assert_eq!(callers.check(caller(0), Some(mine)), Ok(()));
        assert!(callers.check(caller(0), Some(mine)).is_err());
    }
}
