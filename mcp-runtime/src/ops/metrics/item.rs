//! The metrics of declared functions.
//!
//! A series exists from the start if the declaration implies it, and from its first value on if it depends on the
//! configuration or the function: most functions have few policies, and a scrape of thousands of functions is as long
//! as their series.

use std::borrow::Cow;
use std::sync::OnceLock;
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;

use super::ItemLabels;
use crate::handler::spec::Spec;
use crate::policy::Outcome;

/// Upper bounds of the duration buckets of functions, in seconds: some of those of methods.
const BUCKETS: [f64; 8] = [0.0005, 0.005, 0.025, 0.1, 0.5, 1.0, 5.0, 60.0];

/// The calls of one kind of declared functions.
pub(super) struct CallMetrics {
    pub outcomes: Family<ItemLabels<2>, Counter>,
    pub durations: Family<ItemLabels<1>, Histogram, fn() -> Histogram>,
}

impl Default for CallMetrics {
    fn default() -> Self {
        Self {
            outcomes: Family::default(),
            durations: Family::new_with_constructor(histogram as fn() -> Histogram),
        }
    }
}

/// The counters of inexact arguments that were accepted.
#[derive(Debug, Default)]
pub(super) struct Leniency {
    pub coercions: Family<ItemLabels<1>, Counter>,
    pub ignored: Family<ItemLabels<1>, Counter>,
}

fn histogram() -> Histogram {
    Histogram::new(BUCKETS)
}

/// The counters of one declared function.
#[derive(Clone, Debug)]
pub(crate) struct ItemMetrics {
    /// Its kind and its name.
    own: (&'static str, Cow<'static, str>),
    families: Families,
    outcomes: [OnceLock<Counter>; Outcome::ALL.len()],
    rejections: OnceLock<Counter>,
    coercions: Counter,
    ignored: Counter,
    duration: Histogram,
}

/// The families of series that may be created late.
#[derive(Clone, Debug, Default)]
struct Families {
    outcomes: Family<ItemLabels<2>, Counter>,
    rejections: Family<ItemLabels<1>, Counter>,
}

impl Default for ItemMetrics {
    fn default() -> Self {
        Self {
            own: ("", Cow::Borrowed("")),
            families: Families::default(),
            outcomes: std::array::from_fn(|_| OnceLock::new()),
            rejections: OnceLock::new(),
            coercions: Counter::default(),
            ignored: Counter::default(),
            duration: histogram(),
        }
    }
}

impl ItemMetrics {
    pub(super) fn new(
        own: (&'static str, Cow<'static, str>),
        calls: &CallMetrics,
        rejections: &Family<ItemLabels<1>, Counter>,
        leniency: &Leniency,
    ) -> Self {
        let label = [own.clone()];
        Self {
            families: Families {
                outcomes: calls.outcomes.clone(),
                rejections: rejections.clone(),
            },
            coercions: leniency.coercions.get_or_create(&label).clone(),
            ignored: leniency.ignored.get_or_create(&label).clone(),
            duration: calls.durations.get_or_create(&label).clone(),
            own,
            ..Self::default()
        }
    }

    /// Creates the series that a function of this declaration can have.
    pub(super) fn begin_at_zero(&self, spec: &Spec) {
        let outcomes = Outcome::ALL.into_iter().map(|(outcome, _)| outcome);
        for outcome in outcomes.filter(|outcome| outcome.is_possible(spec)) {
            let _ = self.outcome(outcome);
        }
        if Outcome::RateLimited.is_possible(spec) {
            let _ = self.rejections();
        }
    }

    fn outcome(&self, outcome: Outcome) -> &Counter {
        self.outcomes[outcome as usize].get_or_init(|| {
            let labels = [self.own.clone(), ("outcome", outcome.as_str().into())];
            self.families.outcomes.get_or_create(&labels).clone()
        })
    }

    fn rejections(&self) -> &Counter {
        self.rejections.get_or_init(|| {
            let label = [self.own.clone()];
            self.families.rejections.get_or_create(&label).clone()
        })
    }

    pub(crate) fn record(&self, outcome: Outcome, took: Duration) {
        self.outcome(outcome).inc();
        if outcome == Outcome::RateLimited {
            self.rejections().inc();
        }
        if !outcome.is_refusal() {
            self.duration.observe(took.as_secs_f64());
        }
    }

    /// The outcome of the only call, apart from rounds that ended in an input request.
    #[cfg(feature = "cli")]
    pub(crate) fn only_outcome(&self) -> Option<Outcome> {
        let counted = Outcome::ALL.iter().zip(&self.outcomes);
        let ended = |(outcome, counter): (&(Outcome, _), &OnceLock<Counter>)| {
            let has_ended = outcome.0 != Outcome::InputRequired
                && counter.get().is_some_and(|counter| counter.get() > 0);
            has_ended.then_some(outcome.0)
        };
        let mut ended = counted.filter_map(ended);
        ended.next()
    }

    /// Counts arguments that were coerced, and those that were ignored.
    pub(crate) fn made(&self, coerced: u32, ignored: u32) {
        for (counter, arguments) in [(&self.coercions, coerced), (&self.ignored, ignored)] {
            if arguments > 0 {
                counter.inc_by(arguments.into());
            }
        }
    }
}
