//! Results in the memory of one process, shared by its servers.

use std::collections::{BTreeMap, HashMap};
use std::future::ready;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::{CacheStore, Cached, PutCached, StoreFuture};

/// The number of bytes that an entry counts in addition to its texts.
const ENTRY: usize = 128;

/// Keeps results in memory, up to a number of bytes; the oldest are evicted.
#[derive(Debug)]
pub struct MemoryCache {
    most: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// The generation of each group.
    marks: HashMap<String, u64>,
    entries: HashMap<(String, String), Entry>,
    by_age: BTreeMap<u64, (String, String)>,
    next: u64,
    bytes: usize,
}

#[derive(Debug)]
struct Entry {
    age: u64,
    mark: Vec<u8>,
    value: Vec<u8>,
    end: Instant,
}

impl MemoryCache {
    /// Creates an empty store of at most `bytes`.
    pub fn new(bytes: usize) -> Self {
        Self {
            most: bytes,
            kept: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CacheStore for MemoryCache {
    fn get<'a>(&'a self, group: &'a str, key: &'a str) -> StoreFuture<'a, Cached> {
        let kept = self.lock();
        let mark = kept.mark(group);
        let entry = kept.entries.get(&(group.to_owned(), key.to_owned()));
        let value = entry.filter(|it| it.mark == mark).and_then(|it| {
            let left = it.end.checked_duration_since(Instant::now())?;
            (!left.is_zero()).then(|| (it.value.clone(), left))
        });
        Box::pin(ready(Ok(Cached::new(value, mark))))
    }

    fn put<'a>(&'a self, value: PutCached<'a>) -> StoreFuture<'a, ()> {
        self.lock().put(value, self.most);
        Box::pin(ready(Ok(())))
    }

    fn forget<'a>(&'a self, group: &'a str) -> StoreFuture<'a, ()> {
        *self.lock().marks.entry(group.to_owned()).or_default() += 1;
        Box::pin(ready(Ok(())))
    }
}

impl Kept {
    fn mark(&self, group: &str) -> Vec<u8> {
        let mark = self.marks.get(group);
        mark.map_or_else(Vec::new, |mark| mark.to_string().into())
    }

    fn put(&mut self, new: PutCached<'_>, most: usize) {
        let key = (new.group.to_owned(), new.key.to_owned());
        let Some(end) = Instant::now().checked_add(new.ttl) else {
            return;
        };
        self.remove(&key);
        let entry = Entry {
            age: self.next,
            mark: new.mark.to_owned(),
            value: new.value,
            end,
        };
        self.next += 1;
        self.bytes += size(&key, &entry);
        self.by_age.insert(entry.age, key.clone());
        self.entries.insert(key, entry);
        while self.bytes > most
            && let Some((_, oldest)) = self.by_age.pop_first()
        {
            self.remove(&oldest);
        }
    }

    fn remove(&mut self, key: &(String, String)) {
        if let Some(entry) = self.entries.remove(key) {
            self.bytes -= size(key, &entry);
            self.by_age.remove(&entry.age);
        }
    }
}

fn size((group, key): &(String, String), entry: &Entry) -> usize {
    ENTRY + 2 * (group.len() + key.len()) + entry.mark.len() + entry.value.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_keeps_the_contract() {
        super::super::contract::cache(&MemoryCache::new(1 << 20)).await;
    }

    #[tokio::test]
    async fn bytes_are_bounded_and_the_oldest_give_way() {
        let cache = MemoryCache::new(2_000);
        for key in ["a", "b", "c"] {
            cache
                .put(PutCached::new("g", key, vec![0; 700]))
                .await
                .unwrap();
        }
        let found = async |key: &str| cache.get("g", key).await.unwrap().value.is_some();
        assert_eq!(
            [found("a").await, found("b").await, found("c").await],
            [false, true, true]
        );
        cache
            .put(PutCached::new("g", "d", vec![0; 3_000]))
            .await
            .unwrap();
        let kept = cache.lock();
        assert_eq!(
            (kept.bytes, kept.entries.len(), kept.by_age.len()),
            (0, 0, 0)
        );
    }
}
