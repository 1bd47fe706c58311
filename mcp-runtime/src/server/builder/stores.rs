//! The stores that a server is built with: in memory, of the program, or in Redis.

use std::sync::Arc;

use crate::changes::Changes;
use crate::config::Settings;
#[cfg(feature = "redis")]
use crate::config::problem::HIDDEN;
use crate::config::reload::Reloaders;
#[cfg(feature = "redis")]
use crate::error::Error;
use crate::error::Result;
use crate::live::Number;
use crate::ops::health::Check;
#[cfg(feature = "redis")]
use crate::ops::hook::Hook;
use crate::ops::metrics::Metrics;
use crate::share::Maximum;
#[cfg(feature = "redis")]
use crate::store::redis::{Link, Place, Reconnector};
use crate::store::sharing::Sharing;
use crate::store::{MemoryValues, StoreBackend, Stores};
use crate::task::{TaskStorage, Tasks};

/// Creates the store of tasks.
#[cfg_attr(
    not(feature = "redis"),
    expect(unused_variables, reason = "no store has tasks")
)]
pub(super) fn tasks(
    settings: &Settings,
    sharing: &Sharing,
    reloaders: &Reloaders,
    held: &Number,
) -> Tasks {
    let storage = TaskStorage::Memory;
    #[cfg(feature = "redis")]
    let storage = match &sharing.reconnector {
        Some(reconnector) => TaskStorage::Redis(Arc::clone(&reconnector.link)),
        None => storage,
    };
    let own = settings.task_store.clone();
    let storage = own.map_or(storage, TaskStorage::Own);
    let ttl = reloaders.span(settings, |it| it.task_ttl);
    let number = reloaders.number(settings, |it| it.max_tasks);
    Tasks::new(storage, ttl, Maximum::new(number, held))
}

/// Creates the stores that instances share.
#[cfg_attr(
    not(feature = "redis"),
    expect(clippy::unnecessary_wraps, reason = "a URL of Redis may be wrong")
)]
pub(super) fn sharing(
    settings: &Settings,
    changes: &Changes,
    (name, version): (&str, &str),
) -> Result<Sharing> {
    let stores = Stores {
        forgotten: changes.forgotten(),
        ..settings.stores.clone()
    };
    #[cfg(feature = "redis")]
    if let Some(url) = settings.redis_url() {
        let place = Place::parse(&url).map_err(|help| Error::setting("redis", HIDDEN, &help))?;
        let prefix = Some(&*settings.store_prefix).filter(|prefix| !prefix.is_empty());
        let link = Link::new(place, prefix.unwrap_or(name));
        if settings.state_keys.0.is_empty() {
            tracing::warn!(
                "instances that share a store need the same state keys, or a call with input requests can continue on one of them only: set MCP_STATE_KEYS"
            );
        }
        return Ok(Sharing::with_redis(stores, Reconnector::new(link), version));
    }
    let _ = (name, version);
    Ok(Sharing::new(stores))
}

/// Adds the metrics of the store.
#[cfg_attr(
    not(feature = "redis"),
    expect(unused_variables, unused_mut, reason = "no store has metrics")
)]
pub(super) fn measured(mut metrics: Metrics, sharing: &Sharing) -> Metrics {
    #[cfg(feature = "redis")]
    if let Some(reconnector) = &sharing.reconnector {
        metrics.measure_store(&reconnector.link.stats);
    }
    metrics
}

/// Adds the check of the store, as an optional dependency.
#[cfg_attr(
    not(feature = "redis"),
    expect(unused_variables, unused_mut, reason = "no store has a check")
)]
pub(super) fn with_store(mut checks: Vec<Check>, sharing: &Sharing) -> Vec<Check> {
    #[cfg(feature = "redis")]
    if let Some(reconnector) = &sharing.reconnector {
        let link = Arc::clone(&reconnector.link);
        let trouble = move || -> futures_util::future::BoxFuture<'static, _> {
            Box::pin(std::future::ready(link.trouble().map_or(Ok(()), Err)))
        };
        checks.push(Check {
            hook: Hook {
                name: "redis".to_owned(),
                run: Box::new(trouble),
            },
            is_optional: true,
        });
    }
    checks
}

/// Creates the store of values by key, which hold at most `held` bytes together.
pub(super) fn store_backend(stores: &Stores, held: Number) -> Arc<StoreBackend> {
    let values = stores.values.clone();
    Arc::new(StoreBackend {
        values: values.unwrap_or_else(|| Arc::new(MemoryValues::within(held.clone()))),
        most: held,
        line: crate::random::id().unwrap_or_default(),
    })
}
