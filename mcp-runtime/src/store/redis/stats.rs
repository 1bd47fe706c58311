//! The metrics of a link.

use std::sync::atomic::AtomicI64;
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// The upper bounds of the duration buckets in seconds, up to the timeout of a command.
const BUCKETS: [f64; 9] = [
    0.0001, 0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.025, 0.1, 0.2,
];

/// The store of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Cache,
    Changes,
    Events,
    Link,
    Rates,
    Sessions,
    Spent,
    Tasks,
    Values,
}

impl Kind {
    const ALL: [(Self, &'static str); 9] = [
        (Self::Cache, "cache"),
        (Self::Changes, "changes"),
        (Self::Events, "events"),
        (Self::Link, "link"),
        (Self::Rates, "rates"),
        (Self::Sessions, "sessions"),
        (Self::Spent, "spent"),
        (Self::Tasks, "tasks"),
        (Self::Values, "values"),
    ];
}

/// The label of a store.
type Label = [(&'static str, &'static str); 1];

/// The metrics of one link.
#[derive(Debug)]
pub(crate) struct Stats {
    pub(super) up: Gauge<i64, AtomicI64>,
    pub(super) instances: Gauge<i64, AtomicI64>,
    errors: Family<Label, Counter>,
    durations: Family<Label, Histogram, fn() -> Histogram>,
    series: Vec<(Counter, Histogram)>,
}

impl Default for Stats {
    fn default() -> Self {
        let errors = Family::default();
        let durations =
            Family::new_with_constructor((|| Histogram::new(BUCKETS)) as fn() -> Histogram);
        let series = Kind::ALL.map(|(_, name)| {
            let label = [("store", name)];
            let errors: &Family<_, Counter> = &errors;
            (
                errors.get_or_create(&label).clone(),
                durations.get_or_create(&label).clone(),
            )
        });
        Self {
            up: Gauge::default(),
            instances: Gauge::default(),
            errors,
            durations,
            series: series.into(),
        }
    }
}

impl Stats {
    /// Counts a command.
    pub(super) fn record(&self, kind: Kind, took: Duration, failed: bool) {
        if let Some((errors, durations)) = self.series.get(kind as usize) {
            durations.observe(took.as_secs_f64());
            if failed {
                errors.inc();
            }
        }
    }

    /// Counts a command that was not sent.
    pub(super) fn refuse(&self, kind: Kind) {
        if let Some((errors, _)) = self.series.get(kind as usize) {
            errors.inc();
        }
    }

    /// Registers the metrics.
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register(
            "mcp_store_up",
            "Shared store: 1 is connected, 0 unavailable",
            self.up.clone(),
        );
        registry.register(
            "mcp_store_instances",
            "Instances that share the store, at the last heartbeat",
            self.instances.clone(),
        );
        registry.register(
            "mcp_store_errors",
            "Commands of the shared store that failed or were not sent",
            self.errors.clone(),
        );
        registry.register(
            "mcp_store_duration_seconds",
            "Duration of a command of the shared store",
            self.durations.clone(),
        );
    }
}
