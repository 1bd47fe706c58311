//! Values in the memory of one instance.
//!
//! Invariants: bytes are bounded, for each owner and for all; expired values are removed before a value is refused.

use std::collections::{BTreeSet, HashMap};
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::values::ENTRY;
use super::{PutValue, StoreFuture, ValueStore};
use crate::live::Number;

/// The maximum lifetime of a value: 30 years, within the range of every clock.
const FOREVER: std::time::Duration = std::time::Duration::from_hours(24 * 365 * 30);

/// The maximum number of expired values that one call removes, beyond those whose bytes it needs.
const EXPIRED: usize = 64;

/// Keeps values in memory, up to a number of bytes.
///
/// Expired values are removed a few at each call, and as many as necessary for a new one.
#[derive(Debug)]
pub struct MemoryValues {
    most: Number,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    owners: HashMap<Arc<str>, Owned>,
    /// The expiries of all values, the nearest first.
    ends: BTreeSet<(Instant, Arc<str>, Arc<str>)>,
    bytes: usize,
}

#[derive(Debug, Default)]
struct Owned {
    values: HashMap<Arc<str>, (Vec<u8>, Instant)>,
    /// The expiries of its values, the nearest first.
    ends: BTreeSet<(Instant, Arc<str>)>,
    bytes: usize,
}

impl MemoryValues {
    /// Creates an empty store of at most `bytes`: keys, values, and 64 bytes for each.
    pub fn new(bytes: usize) -> Self {
        Self::within(bytes.into())
    }

    /// Creates an empty store whose maximum changes with `most`.
    pub(crate) fn within(most: Number) -> Self {
        Self {
            most,
            kept: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ValueStore for MemoryValues {
    fn get<'a>(&'a self, owner: &'a str, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>> {
        let now = Instant::now();
        let mut kept = self.lock();
        kept.expire(now);
        let found = kept.owners.get(owner).and_then(|it| it.values.get(key));
        let found = found.filter(|(_, end)| *end > now);
        Box::pin(ready(Ok(found.map(|(value, _)| value.clone()))))
    }

    fn put<'a>(&'a self, value: PutValue<'a>) -> StoreFuture<'a, bool> {
        let now = Instant::now();
        let mut kept = self.lock();
        kept.expire(now);
        Box::pin(ready(Ok(kept.put(value, self.most.get(), now))))
    }

    fn remove<'a>(&'a self, owner: &'a str, key: &'a str) -> StoreFuture<'a, bool> {
        let now = Instant::now();
        let mut kept = self.lock();
        kept.expire(now);
        let end = kept.remove(owner, key);
        Box::pin(ready(Ok(end.is_some_and(|end| end > now))))
    }
}

impl Kept {
    fn put(&mut self, new: PutValue<'_>, most: usize, now: Instant) -> bool {
        let size = size(new.key, &new.value);
        let before = |kept: &Self| {
            let own = kept.owners.get(new.owner);
            let value = own.and_then(|it| it.values.get(new.key));
            let value = value.map_or(0, |(value, _)| self::size(new.key, value));
            (own.map_or(0, |it| it.bytes) - value, kept.bytes - value)
        };
        while before(self).0 + size > new.most {
            if !self.remove_expired_of(new.owner, now) {
                return false;
            }
        }
        while before(self).1 + size > most {
            if !self.remove_expired(now) {
                return false;
            }
        }
        self.remove(new.owner, new.key);
        let (owner, key): (Arc<str>, Arc<str>) = (new.owner.into(), new.key.into());
        let end = now + new.ttl.min(FOREVER);
        let value = new.value;
        let kept = self.owners.entry(Arc::clone(&owner)).or_default();
        kept.values.insert(Arc::clone(&key), (value, end));
        kept.ends.insert((end, Arc::clone(&key)));
        kept.bytes += size;
        self.bytes += size;
        self.ends.insert((end, owner, key));
        true
    }

    /// Removes a value; returns its expiry.
    fn remove(&mut self, owner: &str, key: &str) -> Option<Instant> {
        let kept = self.owners.get_mut(owner)?;
        let (name, (value, end)) = kept.values.remove_entry(key)?;
        let size = size(key, &value);
        kept.bytes -= size;
        self.bytes -= size;
        let own_end = (end, name);
        kept.ends.remove(&own_end);
        if kept.values.is_empty() {
            self.owners.remove(owner);
        }
        let (end, name) = own_end;
        self.ends.remove(&(end, owner.into(), name));
        Some(end)
    }

    /// Removes a few expired values.
    fn expire(&mut self, now: Instant) {
        let _ = (0..EXPIRED).all(|_| self.remove_expired(now));
    }

    /// Removes an expired value; returns false if there is none.
    fn remove_expired(&mut self, now: Instant) -> bool {
        let first = self.ends.first().filter(|(end, ..)| *end <= now).cloned();
        first.is_some_and(|(_, owner, key)| self.remove(&owner, &key).is_some())
    }

    /// Removes an expired value of `owner`; returns false if there is none.
    fn remove_expired_of(&mut self, owner: &str, now: Instant) -> bool {
        let kept = self.owners.get(owner);
        let first = kept.and_then(|it| it.ends.first().filter(|(end, _)| *end <= now));
        let key = first.map(|(_, key)| Arc::clone(key));
        key.is_some_and(|key| self.remove(owner, &key).is_some())
    }
}

fn size(key: &str, value: &[u8]) -> usize {
    ENTRY + key.len() + value.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn it_keeps_the_contract() {
        super::super::contract::values(&MemoryValues::new(1 << 20)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn total_bytes_are_bounded_and_expired_values_are_removed() {
        let values = MemoryValues::new(1_000);
        let put = async |owner: &str, bytes: usize| {
            let value = PutValue::new(owner, "k", vec![0; bytes], Duration::from_secs(1));
            values.put(value).await.unwrap()
        };
        assert!(put("ann", 500).await);
        assert!(!put("bob", 500).await);
        assert!(put("ann", 900).await, "in place of its own");
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(put("bob", 500).await);
        assert!(values.remove("bob", "k").await.unwrap());
        let kept = values.lock();
        assert_eq!((kept.bytes, kept.ends.len(), kept.owners.len()), (0, 0, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_removes_a_few_expired_values_and_those_whose_bytes_it_needs() {
        let values = MemoryValues::new(1_000 * (ENTRY + 4));
        let put = async |owner: &str, key: &str, bytes: usize| {
            let value = PutValue::new(owner, key, vec![0; bytes], Duration::from_secs(1));
            values.put(value.within(50_000)).await.unwrap()
        };
        for number in 0..1_000 {
            let owner = if number < 500 { "bob" } else { "ann" };
            assert!(put(owner, &format!("{number:04}"), 0).await);
        }
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(values.get("ann", "0999").await.unwrap(), None);
        assert!(!values.remove("ann", "0999").await.unwrap(), "expired");
        let left = || values.lock().ends.len();
        assert_eq!(left(), 1_000 - 2 * EXPIRED - 1);
        assert!(put("ann", "all", 50_000 - ENTRY - 3).await);
        assert!(left() < 1_000 / 2 - 3 * EXPIRED, "all of its own");
        assert!(!put("ann", "more", 0).await);
        assert!(put("bob", "k", 0).await);
        for _ in 0..10 {
            values.get("ann", "all").await.unwrap();
        }
        let kept = values.lock();
        let bytes = 50_000 + ENTRY + 1;
        assert_eq!(
            (kept.bytes, kept.ends.len(), kept.owners.len()),
            (bytes, 2, 2)
        );
        assert!(
            kept.owners
                .values()
                .all(|it| it.ends.len() == it.values.len())
        );
    }
}
