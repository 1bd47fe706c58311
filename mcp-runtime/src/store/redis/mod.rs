//! The stores in Redis, or Valkey.
//!
//! Invariants: counts and ends go by the server's clock; the keys of one script are in one slot; callers are digests, and
//! nothing is stored that its owner could not read.

mod changes;
mod events;
pub(crate) mod link;
mod place;
mod rates;
mod sessions;
mod spent;
pub(crate) mod stats;
mod values;

use std::sync::Arc;

use super::{Stores, contract};
pub(crate) use link::{Keeper, Link};
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
    contract::values(&values::RedisValues(Arc::clone(&keeper.link))).await;
}

/// The stores behind `link`.
pub(crate) fn stores(link: &Arc<Link>) -> Stores {
    Stores::default()
        .rates(rates::RedisRates(Arc::clone(link)))
        .spent(spent::RedisSpent(Arc::clone(link)))
        .sessions(sessions::RedisSessions(Arc::clone(link)))
        .events(events::RedisEvents(Arc::clone(link)))
        .changes(changes::RedisChanges(Arc::clone(link)))
        .values(values::RedisValues(Arc::clone(link)))
}
