//! Values by owner and key: a hash, the expiry times of its fields, and their size.

use std::sync::{Arc, LazyLock};

use redis::Script;

use super::link::Link;
use super::stats::Kind;
use crate::clock::millis;
use crate::store::values::ENTRY;
use crate::store::{PutValue, StoreFuture, ValueStore};

static PUT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/put_value.lua")));
static GET: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/get_value.lua")));
static REMOVE: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/remove_value.lua")));

#[derive(Debug)]
pub(super) struct RedisValues(pub Arc<Link>);

impl RedisValues {
    /// Returns the keys of an owner, which are in one slot.
    fn keys(&self, owner: &str) -> [String; 3] {
        ["value", "ends", "size"].map(|part| self.0.key(&format!("{part}:{{{owner}}}")))
    }
}

impl ValueStore for RedisValues {
    fn get<'a>(&'a self, owner: &'a str, key: &'a str) -> StoreFuture<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            let [values, ends, _] = self.keys(owner);
            let mut call = GET.prepare_invoke();
            call.key(values).key(ends).arg(key);
            self.0.invoke(Kind::Values, &call).await
        })
    }

    fn put<'a>(&'a self, value: PutValue<'a>) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let [values, ends, size] = self.keys(value.owner);
            let most = u64::try_from(value.most).unwrap_or(u64::MAX).min(1 << 52);
            // A century exceeds the lifetime of a server, and is still an exact integer in Lua.
            let ttl = millis(value.ttl).clamp(1, 100 * 365 * 86_400_000);
            let mut call = PUT.prepare_invoke();
            call.key(values).key(ends).key(size);
            call.arg(value.key).arg(&value.value[..]).arg(ttl);
            call.arg(most).arg(ENTRY);
            self.0.invoke(Kind::Values, &call).await
        })
    }

    fn remove<'a>(&'a self, owner: &'a str, key: &'a str) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let [values, ends, size] = self.keys(owner);
            let mut call = REMOVE.prepare_invoke();
            call.key(values).key(ends).key(size).arg(key).arg(ENTRY);
            self.0.invoke(Kind::Values, &call).await
        })
    }
}
