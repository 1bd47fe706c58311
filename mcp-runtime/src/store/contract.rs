//! The contract of each trait of [`store`](super), as tests: a store for [`Server::stores`](crate::Server::stores)
//! must pass them.
//!
//! Each function takes a few seconds, uses unique keys, and panics with the requirement that is violated. In a test
//! that pauses tokio's clock, the store must use that clock. A store of tasks has
//! [`task::contract::tasks`](crate::task::contract::tasks).
//!
//! ```
//! use mcp_runtime::store::{MemoryValues, contract};
//!
//! # let runtime = mcp_runtime_tokio(); fn mcp_runtime_tokio() -> tokio::runtime::Runtime {
//! #     tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap() }
//! # runtime.block_on(async {
//! contract::values(&MemoryValues::new(1 << 20)).await;
//! # });
//! ```

mod cache;
pub(crate) mod kept;
mod sessions;

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, sleep, timeout};

pub use cache::cache;
pub use sessions::{events, sessions};

use super::rates::Algorithm;
use super::{Admission, Changes, Incoming, PutValue, Rate, Rates, Spent, ValueStore};
use kept::{PATIENCE, SLACK, kept, unique};

/// Tests the contract of [`Rates`].
///
/// # Panics
///
/// Panics if a requirement is violated.
pub async fn rates(store: &dyn Rates) {
    for algorithm in [
        Algorithm::TokenBucket,
        Algorithm::SlidingWindow,
        Algorithm::FixedWindow,
    ] {
        let rate = Rate::new(algorithm, 3, Duration::from_millis(1_500));
        let key = unique(&format!("{algorithm:?}"));
        let check = async || kept(store.check(&key, rate).await);
        for call in 1..=3 {
            let verdict = check().await;
            assert_eq!(
                verdict,
                Admission::Admitted,
                "{algorithm:?}: call {call} of 3"
            );
        }
        let Admission::Wait(wait) = check().await else {
            panic!("{algorithm:?}: a fourth call of three was admitted");
        };
        assert!(
            wait <= rate.period + SLACK,
            "{algorithm:?}: the wait is {wait:?}"
        );
        let other = kept(store.check(&unique("other"), rate).await);
        assert_eq!(
            other,
            Admission::Admitted,
            "{algorithm:?}: keys are separate"
        );
        sleep(wait.saturating_sub(Duration::from_millis(100))).await;
        let early = check().await;
        assert_ne!(
            early,
            Admission::Admitted,
            "{algorithm:?}: it admits too early"
        );
        let Admission::Wait(rest) = early else { return };
        sleep(rest + SLACK).await;
        let verdict = check().await;
        assert_eq!(
            verdict,
            Admission::Admitted,
            "{algorithm:?}: the wait is too short, or refused calls count"
        );
    }
    let rate = Rate::new(Algorithm::TokenBucket, 10, Duration::from_mins(1));
    let key = unique("at once");
    let verdicts = join_all((0..40).map(|_| store.check(&key, rate))).await;
    let admitted = verdicts.into_iter().map(kept);
    let admitted = admitted.filter(|it| *it == Admission::Admitted).count();
    assert_eq!(admitted, 10, "of 40 calls at once against 10");
    let rate = rate.with_burst(2);
    let key = unique("burst");
    let verdicts = [(); 3].map(|()| store.check(&key, rate));
    let verdicts = join_all(verdicts).await.into_iter().map(kept);
    let admitted = verdicts.filter(|it| *it == Admission::Admitted).count();
    assert_eq!(admitted, 2, "the burst is the number of calls at once");
    assert!(store.instances() >= 1, "this instance is one");
}

/// Tests the contract of [`Spent`].
///
/// # Panics
///
/// Panics if a requirement is violated.
pub async fn spent(store: &dyn Spent) {
    let (key, ttl) = (unique("spent"), Duration::from_secs(1));
    let firsts = join_all((0..20).map(|_| store.first(&key, ttl))).await;
    let firsts = firsts.into_iter().map(kept).filter(|first| *first).count();
    assert_eq!(firsts, 1, "of several at a time, one is the first");
    assert!(
        kept(store.first(&unique("spent"), ttl).await),
        "keys are separate"
    );
    kept(store.forget(&key).await);
    assert!(
        kept(store.first(&key, ttl).await),
        "what is forgotten is not marked"
    );
    sleep(ttl + SLACK).await;
    assert!(kept(store.first(&key, ttl).await), "a mark has an end");
}

/// Tests the contract of [`Changes`].
///
/// # Panics
///
/// Panics if a requirement is violated.
pub async fn changes(store: &dyn Changes) {
    let (mut one, mut other) = (store.subscribe(), store.subscribe());
    let begun = Instant::now();
    let [first, second] = ["first", "second"].map(|name| unique(name).into_bytes());
    // A subscription may take a moment to be in force.
    while begun.elapsed() < PATIENCE {
        kept(store.publish(first.clone()).await);
        match timeout(Duration::from_millis(100), one.next()).await {
            Ok(Some(Incoming::Message(message))) if message == first => break,
            _ => {}
        }
    }
    kept(store.publish(second.clone()).await);
    for subscription in [&mut one, &mut other] {
        let found = timeout(PATIENCE, async {
            while let Some(incoming) = subscription.next().await {
                if incoming == Incoming::Message(second.clone()) {
                    return true;
                }
            }
            false
        });
        assert_eq!(
            found.await,
            Ok(true),
            "every subscription gets every message"
        );
    }
}

/// Tests the contract of [`ValueStore`].
///
/// # Panics
///
/// Panics if a requirement is violated.
pub async fn values(store: &dyn ValueStore) {
    let [ann, bob] = ["ann", "bob"].map(unique);
    let hour = Duration::from_hours(1);
    let get = async |owner: &str, key: &str| kept(store.get(owner, key).await);
    let put = async |value: PutValue<'_>| kept(store.put(value).await);
    assert_eq!(get(&ann, "a").await, None, "nothing was put");
    assert!(put(PutValue::new(&ann, "a", "1", hour)).await);
    assert!(put(PutValue::new(&ann, "a", "22", hour)).await);
    assert_eq!(
        get(&ann, "a").await,
        Some("22".into()),
        "the last one that was put"
    );
    assert_eq!(get(&bob, "a").await, None, "owners are separate");
    let bytes = vec![0, 255, b'\r', b'\n'];
    assert!(put(PutValue::new(&bob, "", bytes.clone(), hour)).await);
    assert_eq!(get(&bob, "").await, Some(bytes), "any bytes, under any key");
    assert!(!put(PutValue::new(&ann, "b", vec![1; 500], hour).within(400)).await);
    assert_eq!(
        get(&ann, "b").await,
        None,
        "beyond the bound nothing is stored"
    );
    assert!(!put(PutValue::new(&ann, "a", vec![1; 500], hour).within(400)).await);
    assert_eq!(
        get(&ann, "a").await,
        Some("22".into()),
        "the one before stays"
    );
    assert!(put(PutValue::new(&ann, "b", vec![1; 200], hour).within(400)).await);
    assert!(!put(PutValue::new(&ann, "c", vec![1; 200], hour).within(400)).await);
    assert!(kept(store.remove(&ann, "b").await), "there was one");
    assert!(!kept(store.remove(&ann, "b").await), "there was none");
    let short = Duration::from_millis(500);
    assert!(put(PutValue::new(&ann, "c", vec![1; 200], short).within(400)).await);
    sleep(short + SLACK).await;
    assert_eq!(get(&ann, "c").await, None, "its time is over");
    assert!(
        put(PutValue::new(&ann, "d", vec![1; 200], hour).within(400)).await,
        "what has expired makes room"
    );
    for key in ["a", "d"] {
        assert!(kept(store.remove(&ann, key).await), "{key}");
    }
    assert!(kept(store.remove(&bob, "").await));
}
