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

/// Keeps values in memory, up to a number of bytes.
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
        let mut kept = self.lock();
        kept.expire(Instant::now());
        let found = kept.owners.get(owner).and_then(|it| it.values.get(key));
        Box::pin(ready(Ok(found.map(|(value, _)| value.clone()))))
    }

    fn put<'a>(&'a self, value: PutValue<'a>) -> StoreFuture<'a, bool> {
        let now = Instant::now();
        let mut kept = self.lock();
        kept.expire(now);
        Box::pin(ready(Ok(kept.put(value, self.most.get(), now))))
    }

    fn remove<'a>(&'a self, owner: &'a str, key: &'a str) -> StoreFuture<'a, bool> {
        let mut kept = self.lock();
        kept.expire(Instant::now());
        Box::pin(ready(Ok(kept.remove(owner, key))))
    }
}

impl Kept {
    fn put(&mut self, new: PutValue<'_>, most: usize, now: Instant) -> bool {
        let size = size(new.key, &new.value);
        let known = self.owners.get(new.owner);
        let before = known.and_then(|it| it.values.get(new.key));
        let before = before.map_or(0, |(value, _)| self::size(new.key, value));
        let own = known.map_or(0, |it| it.bytes) - before + size;
        if own > new.most || self.bytes - before + size > most {
            return false;
        }
        self.remove(new.owner, new.key);
        let (owner, key): (Arc<str>, Arc<str>) = (new.owner.into(), new.key.into());
        let end = now + new.ttl.min(FOREVER);
        let value = new.value;
        let kept = self.owners.entry(Arc::clone(&owner)).or_default();
        kept.values.insert(Arc::clone(&key), (value, end));
        kept.bytes += size;
        self.bytes += size;
        self.ends.insert((end, owner, key));
        true
    }

    fn remove(&mut self, owner: &str, key: &str) -> bool {
        let Some(kept) = self.owners.get_mut(owner) else {
            return false;
        };
        let Some((name, (value, end))) = kept.values.remove_entry(key) else {
            return false;
        };
        let size = size(key, &value);
        kept.bytes -= size;
        self.bytes -= size;
        if kept.values.is_empty() {
            self.owners.remove(owner);
        }
        self.ends.remove(&(end, owner.into(), name));
        true
    }

    /// Removes expired values.
    fn expire(&mut self, now: Instant) {
        while let Some((end, owner, key)) = self.ends.first().cloned()
            && end <= now
        {
            self.remove(&owner, &key);
        }
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
}
