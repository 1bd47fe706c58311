//! Results: a value each, which begins with the mark that its group had when it was made.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join;

use super::link::Link;
use super::stats::Kind;
use crate::clock::millis;
use crate::store::cache::LARGEST;
use crate::store::{CacheStore, Cached, PutCached, StoreFuture};

/// The longest that a result is kept, and the longer time for which a mark is: a result that was put with the mark before
/// is gone by then.
const LONGEST: Duration = Duration::from_hours(24 * 7);
const MARK: Duration = Duration::from_hours(24 * 8);
/// The last byte that is read, with a mark: no instance stores larger results, and a part of one cannot be parsed.
const READ: usize = LARGEST + 256;
/// The byte between the mark and the result.
const END: u8 = b' ';

#[derive(Debug)]
pub(super) struct RedisCache {
    pub link: Arc<Link>,
    /// The version of the server: what another one has made may have another form.
    pub version: String,
}

impl RedisCache {
    fn mark(&self, group: &str) -> String {
        self.link.key(&format!("forgotten:{group}"))
    }

    fn key(&self, group: &str, key: &str) -> String {
        self.link
            .key(&format!("cache:{}:{group}:{key}", self.version))
    }
}

impl CacheStore for RedisCache {
    fn get<'a>(&'a self, group: &'a str, key: &'a str) -> StoreFuture<'a, Cached> {
        Box::pin(async move {
            let key = self.key(group, key);
            let mut find = redis::pipe();
            find.cmd("GETRANGE").arg(&key).arg(0).arg(READ);
            find.cmd("PTTL").arg(&key);
            let mut mark = redis::cmd("GET");
            mark.arg(self.mark(group));
            let found = self.link.run_all(Kind::Cache, &find);
            let mark = self.link.run(Kind::Cache, &mark);
            let (found, mark) = try_join(found, mark).await?;
            let (value, left): (Vec<u8>, i64) = found;
            let mark: Option<Vec<u8>> = mark;
            let mark = mark.unwrap_or_default();
            let left = u64::try_from(left).map(Duration::from_millis);
            let value = unmarked(&value, &mark).zip(left.ok());
            Ok(Cached::new(value, mark))
        })
    }

    fn put<'a>(&'a self, value: PutCached<'a>) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let marked = [value.mark, &[END], &value.value].concat();
            let mut set = redis::cmd("SET");
            set.arg(self.key(value.group, value.key)).arg(marked);
            set.arg("PX").arg(millis(value.ttl.min(LONGEST)).max(1));
            self.link.run(Kind::Cache, &set).await
        })
    }

    fn forget<'a>(&'a self, group: &'a str) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let mark = crate::random::id().ok_or("there are no random numbers")?;
            let mut set = redis::cmd("SET");
            set.arg(self.mark(group)).arg(mark);
            set.arg("PX").arg(millis(MARK));
            self.link.run(Kind::Cache, &set).await
        })
    }
}

/// Returns a result that was put with this mark.
fn unmarked(value: &[u8], mark: &[u8]) -> Option<Vec<u8>> {
    let end = value.iter().position(|byte| *byte == END)?;
    let (put_with, rest) = value.split_at(end);
    (put_with == mark).then(|| rest.get(1..).unwrap_or_default().to_vec())
}
