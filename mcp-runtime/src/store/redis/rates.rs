//! Rate limits: one script for each algorithm.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use redis::Script;

use super::link::Link;
use super::stats::Kind;
use crate::store::rates::Algorithm;
use crate::store::{Admission, Rate, Rates, StoreFuture};

static TOKEN_BUCKET: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/token_bucket.lua")));
static SLIDING_WINDOW: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/sliding_window.lua")));
static FIXED_WINDOW: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/fixed_window.lua")));

/// The maximum number of groups of calls in a sliding window, as in memory.
const MARKS: u32 = 64;

#[derive(Debug)]
pub(super) struct RedisRates(pub Arc<Link>);

impl Rates for RedisRates {
    fn check<'a>(&'a self, key: &'a str, rate: Rate) -> StoreFuture<'a, Admission> {
        let period = rate.period.as_micros();
        let period = u64::try_from(period).unwrap_or(u64::MAX);
        let (script, name, last): (&'static Script, _, u64) = match rate.algorithm {
            Algorithm::TokenBucket => (&TOKEN_BUCKET, "t", rate.burst.into()),
            Algorithm::SlidingWindow if rate.count <= MARKS => (&SLIDING_WINDOW, "s", 0),
            Algorithm::SlidingWindow => (&SLIDING_WINDOW, "s", period / u64::from(MARKS)),
            Algorithm::FixedWindow => (&FIXED_WINDOW, "f", 0),
        };
        Box::pin(async move {
            let mut call = script.prepare_invoke();
            call.key(self.0.key(&format!("rate:{name}:{key}")));
            call.arg(period).arg(rate.count).arg(last);
            let wait: u64 = self.0.invoke(Kind::Rates, &call).await?;
            Ok(match wait {
                0 => Admission::Admitted,
                wait => Admission::Wait(Duration::from_micros(wait)),
            })
        })
    }

    fn instances(&self) -> u32 {
        self.0.instances()
    }
}
