//! The promises of each trait of [`store`](super), as tests: a store that is to be handed to
//! [`Server::stores`](crate::Server::stores) passes them.
//!
//! Each function takes a few seconds, uses keys of its own, and panics with the promise that was broken. In a test that
//! pauses tokio's clock, a store must go by that.
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

use std::fmt::Debug;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, sleep, timeout};

use super::rates::Algorithm;
use super::{
    Admission, Changes, EventStore, Incoming, Joined, PutValue, Rate, Rates, SessionSignal,
    SessionStore, Spent, StoreError, StreamChange, StreamPart, ValueStore,
};

/// The time that a message may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The difference that clocks may have.
const SLACK: Duration = Duration::from_millis(20);

/// The promises of [`Rates`].
///
/// # Panics
///
/// Panics if one of them is broken.
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

/// The promises of [`Spent`].
///
/// # Panics
///
/// Panics if one of them is broken.
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

/// The promises of [`Changes`].
///
/// # Panics
///
/// Panics if one of them is broken.
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

/// The promises of [`SessionStore`].
///
/// # Panics
///
/// Panics if one of them is broken.
pub async fn sessions(store: &dyn SessionStore) {
    let (key, other) = (unique("session"), unique("other"));
    let (key, other) = (&key.replace(' ', "-"), &other.replace(' ', "-"));
    let (hour, second) = (Duration::from_hours(1), Duration::from_secs(1));
    let name = store.instance();
    assert!(
        (1..=64).contains(&name.len()) && name.bytes().all(|it| it.is_ascii_alphanumeric()),
        "the name of an instance has letters and digits: {name}"
    );
    let join = async |key: &str| match kept(store.join(key, hour).await) {
        Joined::Open(mut fields) => {
            fields.sort();
            Some(fields)
        }
        Joined::Ended | Joined::Unknown => None,
    };
    let field = |name: &str, value: &[u8]| (name.to_owned(), value.to_vec());
    assert_eq!(kept(store.join(key, hour).await), Joined::Unknown);
    assert!(kept(store.put(key, vec![field("a", b"1")], hour).await));
    assert!(kept(
        store.put(other, vec![field("a", b"\r\n\0")], second).await
    ));
    kept(store.set(key, "b", Some(b"2".into()), b"x".into()).await);
    let both = vec![field("a", b"1"), field("b", b"2")];
    assert_eq!(join(key).await, Some(both), "fields are set");
    kept(store.set(key, "a", None, b"x".into()).await);
    let one = vec![field("b", b"2")];
    assert_eq!(join(key).await, Some(one), "and removed");
    let bytes = vec![field("a", b"\r\n\0")];
    assert_eq!(join(other).await, Some(bytes), "sessions are separate");
    kept(store.touch(other, second).await);
    sleep(second + SLACK).await;
    assert_eq!(
        kept(store.join(other, hour).await),
        Joined::Unknown,
        "a session that is not used is not kept"
    );
    kept(store.tell(key, b"to nobody".into()).await);
    signals(store, key).await;
    kept(store.end(key, b"x".into(), hour).await);
    assert_eq!(
        kept(store.join(key, hour).await),
        Joined::Ended,
        "an end is known"
    );
    assert!(
        !kept(store.put(key, vec![field("a", b"1")], hour).await),
        "what has ended does not begin again"
    );
    let nobody = unique("nobody").replace(' ', "");
    assert!(!kept(store.is_there(&nobody).await));
}

/// A signal arrives at the instance that it is sent to, and its own are not told to it.
async fn signals(store: &dyn SessionStore, key: &str) {
    let mut heard = store.signals();
    let begun = Instant::now();
    let mut sent = false;
    // The channel of an instance may take a moment to be open.
    while !sent && begun.elapsed() < PATIENCE {
        kept(store.tell(key, b"to the others".into()).await);
        sent = kept(store.send(store.instance(), key, b"one two".into()).await);
    }
    let expected = SessionSignal::Signal(key.to_owned(), b"one two".into());
    let found = timeout(PATIENCE, async {
        while let Some(signal) = heard.next().await {
            if signal != SessionSignal::Gap {
                return Some(signal);
            }
        }
        None
    });
    assert_eq!(found.await, Ok(Some(expected)));
    let nobody = unique("nobody").replace(' ', "");
    assert!(
        !kept(store.send(&nobody, key, b"x".into()).await),
        "nobody listens there"
    );
}

/// The promises of [`EventStore`].
///
/// # Panics
///
/// Panics if one of them is broken.
pub async fn events(store: &dyn EventStore) {
    let stream = unique("stream");
    let hour = Duration::from_hours(1);
    let after = async |place: u64| kept(store.after(&stream, place).await);
    let append = |place: u64, oldest: u64| StreamChange::Append {
        stream: stream.clone(),
        place,
        oldest,
        message: vec![b'x'; usize::try_from(place).unwrap_or(1)].into(),
        ttl: hour,
    };
    let part = |places: std::ops::RangeInclusive<u64>, has_ended| {
        let event = |place| (place, vec![b'x'; usize::try_from(place).unwrap_or(1)]);
        let events = places.map(event).collect();
        Some(StreamPart { events, has_ended })
    };
    let none = |has_ended| {
        let events = Vec::new();
        Some(StreamPart { events, has_ended })
    };
    assert_eq!(after(0).await, None, "it has not begun");
    let begin = StreamChange::Begin {
        stream: stream.clone(),
        ttl: hour,
    };
    kept(store.write(vec![begin]).await);
    assert_eq!(after(0).await, none(false), "it has begun without an event");
    kept(store.write((1..=5).map(|it| append(it, 1)).collect()).await);
    assert_eq!(after(0).await, part(1..=5, false));
    assert_eq!(after(3).await, part(4..=5, false));
    assert_eq!(after(5).await, none(false));
    kept(store.write(vec![append(6, 4)]).await);
    assert_eq!(after(3).await, part(4..=6, false));
    assert_eq!(after(2).await, None, "an event after it was removed");
    let end = StreamChange::End {
        stream: stream.clone(),
        place: 6,
        ttl: Duration::from_secs(1),
    };
    kept(store.write(vec![end]).await);
    assert_eq!(after(5).await, part(6..=6, true));
    assert_eq!(after(6).await, none(true), "its end is known");
    sleep(Duration::from_secs(1) + SLACK).await;
    assert_eq!(after(6).await, None, "its time is over");
    let begin = |ttl| StreamChange::Begin {
        stream: stream.clone(),
        ttl,
    };
    let end = |place| StreamChange::End {
        stream: stream.clone(),
        place,
        ttl: hour,
    };
    kept(store.write(vec![begin(hour), end(0)]).await);
    assert_eq!(after(0).await, none(true), "it may end without an event");
    let forget = StreamChange::Forget {
        stream: stream.clone(),
    };
    kept(store.write(vec![forget]).await);
    assert_eq!(after(0).await, None, "it is forgotten");
}

/// The promises of [`ValueStore`].
///
/// # Panics
///
/// Panics if one of them is broken.
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

/// The result of a store that must not fail.
fn kept<T: Debug>(result: Result<T, StoreError>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("the store failed: {error}"),
    }
}

/// A key that nobody else uses.
fn unique(name: &str) -> String {
    format!(
        "contract {name} {}",
        crate::random::id().unwrap_or_default()
    )
}
