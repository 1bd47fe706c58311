//! The stores in Redis, or Valkey.
//!
//! Invariants: counts and ends go by the server's clock; the keys of one script are in one slot; callers are digests, and
//! nothing is stored that its owner could not read.

mod breaker;
mod cache;
mod changes;
#[cfg(feature = "redis-cluster")]
mod cluster;
mod commands;
pub(crate) mod ears;
mod events;
mod fault;
#[cfg(feature = "redis-cluster")]
mod hosts;
mod keeper;
mod link;
mod place;
mod rates;
#[cfg(feature = "redis-cluster")]
mod sentinel;
mod sessions;
mod spent;
pub(crate) mod stats;
mod values;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Stores, contract};
pub(crate) use keeper::Keeper;
pub(crate) use link::Link;
pub(crate) use place::Place;

/// Runs the tests of all stores against the Redis at `url`.
///
/// # Panics
///
/// Panics if a promise is broken, or there is no Redis.
pub async fn keeps_the_contract(url: &str) {
    let place = match Place::parse(url) {
        Ok(place) => place,
        Err(help) => panic!("{url}: {help}"),
    };
    let keeper = Keeper::new(Link::new(place, "contract"));
    let started = keeper.start().await;
    assert_eq!(started, Ok(()), "{url}");
    while keeper.link.trouble().is_some() {
        tokio::task::yield_now().await;
    }
    contract::rates(&rates::RedisRates(Arc::clone(&keeper.link))).await;
    contract::spent(&spent::RedisSpent(Arc::clone(&keeper.link))).await;
    contract::changes(&changes::RedisChanges(Arc::clone(&keeper.link))).await;
    contract::sessions(&sessions::RedisSessions(Arc::clone(&keeper.link))).await;
    contract::events(&events::RedisEvents(Arc::clone(&keeper.link))).await;
    let cache = cache::RedisCache {
        link: Arc::clone(&keeper.link),
        version: "1.0.0".to_owned(),
    };
    contract::cache(&cache).await;
    contract::values(&values::RedisValues(Arc::clone(&keeper.link))).await;
}

/// The stores behind `link`, of a server of this version.
pub(crate) fn stores(link: &Arc<Link>, version: &str) -> Stores {
    Stores::default()
        .cache(cache::RedisCache {
            link: Arc::clone(link),
            version: version.to_owned(),
        })
        .rates(rates::RedisRates(Arc::clone(link)))
        .spent(spent::RedisSpent(Arc::clone(link)))
        .sessions(sessions::RedisSessions(Arc::clone(link)))
        .events(events::RedisEvents(Arc::clone(link)))
        .changes(changes::RedisChanges(Arc::clone(link)))
        .values(values::RedisValues(Arc::clone(link)))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
