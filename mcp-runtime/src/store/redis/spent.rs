//! Markers that are set once.

use std::sync::Arc;
use std::time::Duration;

use redis::Value;

use super::link::Link;
use super::stats::Kind;
use crate::clock::millis;
use crate::store::{Spent, StoreFuture};

#[derive(Debug)]
pub(super) struct RedisSpent(pub Arc<Link>);

impl Spent for RedisSpent {
    fn first<'a>(&'a self, key: &'a str, ttl: Duration) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let mut set = redis::cmd("SET");
            set.arg(self.0.key(&format!("spent:{key}"))).arg(1);
            set.arg("NX").arg("PX").arg(millis(ttl).max(1));
            let set: Value = self.0.run(Kind::Spent, &set).await?;
            Ok(set != Value::Nil)
        })
    }

    fn forget<'a>(&'a self, key: &'a str) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let mut delete = redis::cmd("DEL");
            delete.arg(self.0.key(&format!("spent:{key}")));
            self.0.run(Kind::Spent, &delete).await
        })
    }
}
