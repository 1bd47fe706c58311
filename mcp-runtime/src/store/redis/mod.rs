//! The stores in Redis or Valkey.
//!
//! Invariants: counts and expiry use the clock of Redis; the keys of one script are in one slot; callers are stored as
//! digests, and only data that its owner may read is stored.

mod breaker;
mod cache;
mod changes;
#[cfg(feature = "redis-cluster")]
mod cluster;
mod commands;
mod events;
mod fault;
#[cfg(feature = "redis-cluster")]
mod hosts;
mod link;
pub(crate) mod messages;
mod place;
mod rates;
mod reconnect;
#[cfg(feature = "redis-cluster")]
mod sentinel;
mod sessions;
mod spent;
pub(crate) mod stats;
mod values;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Stores, contract};
pub(crate) use link::Link;
pub(crate) use place::Place;
pub(crate) use reconnect::Reconnector;

/// Connects a test to the Redis at `url`.
///
/// # Panics
///
/// Panics if Redis is unavailable.
pub(crate) async fn connected(url: &str) -> Reconnector {
    let place = match Place::parse(url) {
        Ok(place) => place,
        Err(help) => panic!("{url}: {help}"),
    };
    let reconnector = Reconnector::new(Link::new(place, "contract"));
    let started = reconnector.start().await;
    assert_eq!(started, Ok(()), "{url}");
    while reconnector.link.trouble().is_some() {
        tokio::task::yield_now().await;
    }
    reconnector
}

/// Runs the contract tests of the stores behind `link`.
///
/// # Panics
///
/// Panics if a store breaks its contract.
pub(crate) async fn keeps_the_contract(link: &Arc<Link>) {
    contract::rates(&rates::RedisRates(Arc::clone(link))).await;
    contract::spent(&spent::RedisSpent(Arc::clone(link))).await;
    contract::changes(&changes::RedisChanges(Arc::clone(link))).await;
    contract::sessions(&sessions::RedisSessions(Arc::clone(link))).await;
    contract::events(&events::RedisEvents(Arc::clone(link))).await;
    let cache = cache::RedisCache {
        link: Arc::clone(link),
        version: "1.0.0".to_owned(),
    };
    contract::cache(&cache).await;
    contract::values(&values::RedisValues(Arc::clone(link))).await;
}

/// Returns the stores of a server of this version behind `link`.
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
