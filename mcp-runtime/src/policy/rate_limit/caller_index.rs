//! The entries of callers, and the map from a caller to the index of its entry.
//!
//! Invariant: no call takes time in proportion to the number of callers. A map that is full, or much too large, is
//! replaced by another one, into which a few callers move at each check; entries are in chunks that never move.

use std::collections::HashMap;
use std::ops::{Index, IndexMut};

use super::Caller;

/// The index of an entry.
pub(super) type EntryIndex = usize;

/// The index of no entry.
pub(super) const NO_ENTRY: EntryIndex = usize::MAX;

/// The number of callers that move to a new map in one check.
const MOVED_AT_ONCE: usize = 8;
/// The minimum capacity of a map.
const LEAST: usize = 64;

/// The indices of the entries of callers.
#[derive(Debug, Default)]
pub(super) struct CallerIndex {
    current: HashMap<Caller, EntryIndex>,
    /// The map that is being replaced.
    former: HashMap<Caller, EntryIndex>,
    /// The index before which every caller is in the current map.
    moved: EntryIndex,
}

impl CallerIndex {
    pub(super) fn get(&self, caller: &Caller) -> Option<EntryIndex> {
        let former = || self.former.get(caller).filter(|_| self.is_moving());
        self.current.get(caller).or_else(former).copied()
    }

    /// Adds a caller, for which there must be an entry.
    pub(super) fn insert(&mut self, caller: Caller, index: EntryIndex) {
        // The capacity counts what removed entries leave behind, too.
        if self.current.len() == self.current.capacity() && !self.is_moving() {
            self.replace();
        }
        self.current.insert(caller, index);
    }

    pub(super) fn remove(&mut self, caller: &Caller) {
        self.take(caller);
    }

    /// Changes the index of an existing caller.
    pub(super) fn set(&mut self, caller: &Caller, index: EntryIndex) {
        if let Some(caller) = self.take(caller) {
            self.insert(caller, index);
        }
    }

    fn take(&mut self, caller: &Caller) -> Option<Caller> {
        let taken = self.current.remove_entry(caller);
        let taken = taken.or_else(|| self.former.remove_entry(caller));
        taken.map(|(caller, _)| caller)
    }

    /// Replaces a map that is 1/16 full, so that a wave of callers does not keep its memory.
    pub(super) fn fit(&mut self, entries: usize) {
        let is_large = entries.max(LEAST) < self.current.capacity() / 16;
        if is_large && !self.is_moving() {
            self.replace();
        }
    }

    /// Moves a few of the callers, whose entries are `entries`, to the current map.
    pub(super) fn advance(&mut self, entries: &Entries<impl AsRef<Caller>>) {
        if !self.is_moving() {
            return;
        }
        let end = entries.len().min(self.moved + MOVED_AT_ONCE);
        while self.moved < end {
            let caller = entries[self.moved].as_ref();
            if let Some((caller, index)) = self.former.remove_entry(caller) {
                self.current.insert(caller, index);
            }
            self.moved += 1;
        }
        if self.former.is_empty() {
            self.former = HashMap::new();
        }
    }

    fn is_moving(&self) -> bool {
        self.former.capacity() > 0
    }

    /// Begins to move all callers to a map with half as much again of capacity, which is enough until all have moved.
    fn replace(&mut self) {
        let room = self.current.len() + self.current.len() / 2 + LEAST;
        let map = HashMap::with_capacity_and_hasher(room, self.current.hasher().clone());
        self.former = std::mem::replace(&mut self.current, map);
        self.moved = 0;
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.current.len() + self.former.len()
    }
}

/// The number of entries of a chunk.
const CHUNK: usize = 256;

/// A list in chunks.
#[derive(Debug)]
pub(super) struct Entries<T>(Vec<Vec<T>>);

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Entries<T> {
    pub(super) fn len(&self) -> usize {
        let last = self.0.last().map_or(0, Vec::len);
        self.0.len().saturating_sub(1) * CHUNK + last
    }

    pub(super) fn push(&mut self, entry: T) {
        if let Some(chunk) = self.0.last_mut().filter(|chunk| chunk.len() < CHUNK) {
            chunk.push(entry);
            return;
        }
        // The first chunk grows, so that few callers take little memory.
        let room = if self.0.is_empty() { 1 } else { CHUNK };
        let mut chunk = Vec::with_capacity(room);
        chunk.push(entry);
        self.0.push(chunk);
    }

    /// Removes the entry at `index`; the last one moves to its index.
    pub(super) fn swap_remove(&mut self, index: EntryIndex) -> T {
        let last = self.len() - 1;
        if index < last {
            let (at, [end, offset]) = (index, [last / CHUNK, last % CHUNK]);
            let (before, behind) = self.0.split_at_mut(end);
            match before.get_mut(at / CHUNK) {
                Some(chunk) => std::mem::swap(&mut chunk[at % CHUNK], &mut behind[0][offset]),
                None => behind[0].swap(at % CHUNK, offset),
            }
        }
        let chunk = last / CHUNK;
        let removed = self.0[chunk].swap_remove(last % CHUNK);
        if self.0[chunk].is_empty() {
            self.0.truncate(chunk);
        }
        removed
    }
}

impl<T> Index<EntryIndex> for Entries<T> {
    type Output = T;

    fn index(&self, index: EntryIndex) -> &T {
        &self.0[index / CHUNK][index % CHUNK]
    }
}

impl<T> IndexMut<EntryIndex> for Entries<T> {
    fn index_mut(&mut self, index: EntryIndex) -> &mut T {
        &mut self.0[index / CHUNK][index % CHUNK]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(n: usize) -> Caller {
        Caller::Address(std::net::Ipv6Addr::from_bits(n as u128).into())
    }

    impl AsRef<Caller> for Caller {
        fn as_ref(&self) -> &Caller {
            self
        }
    }

    #[test]
    fn a_map_that_is_full_is_replaced_a_few_callers_at_a_time() {
        let (mut callers, mut entries) = (CallerIndex::default(), Entries::default());
        let mut most = 0;
        for n in 0..20_000 {
            let before = callers.former.len();
            callers.advance(&entries);
            most = most.max(before - callers.former.len());
            entries.push(caller(n));
            let capacity = callers.current.capacity();
            callers.insert(caller(n), n);
            let has_grown = callers.current.capacity() > capacity;
            assert!(
                !has_grown || callers.current.len() == 1,
                "nothing is moved at once"
            );
            assert_eq!(callers.get(&caller(n / 2)), Some(n / 2));
        }
        assert_eq!(most, MOVED_AT_ONCE);
        assert_eq!(callers.len(), entries.len());
        assert!((0..20_000).all(|n| callers.get(&caller(n)) == Some(n)));
    }

    #[test]
    fn a_map_that_is_nearly_empty_gives_its_memory_back() {
        let (mut callers, mut entries) = (CallerIndex::default(), Entries::default());
        for n in 0..20_000 {
            callers.advance(&entries);
            entries.push(caller(n));
            callers.insert(caller(n), n);
        }
        while entries.len() > 10 {
            callers.advance(&entries);
            let last = entries.len() - 1;
            let removed = entries.swap_remove(last);
            callers.remove(&removed);
            callers.fit(entries.len());
        }
        for _ in 0..10 {
            callers.advance(&entries);
        }
        assert!(callers.current.capacity() < 2_000 && callers.former.capacity() == 0);
        assert!((0..10).all(|n| callers.get(&caller(n)) == Some(n)));
    }

    #[test]
    fn the_last_entry_takes_the_place_of_a_removed_one() {
        let mut entries = Entries::default();
        let mut expected = Vec::new();
        for n in 0..3 * CHUNK {
            entries.push(n);
            expected.push(n);
        }
        for step in 0..3 * CHUNK {
            let index = (step * 7_919) % expected.len();
            assert_eq!(entries.swap_remove(index), expected.swap_remove(index));
            assert_eq!(entries.len(), expected.len());
            assert!((0..expected.len()).all(|n| entries[n] == expected[n]));
        }
    }
}
