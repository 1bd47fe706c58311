//! The contract of the stores of sessions and their streams.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::kept::{PATIENCE, SLACK, kept, unique, unique_id};
use crate::store::{EventStore, Joined, SessionSignal, SessionStore, StreamChange, StreamPart};

/// Tests the contract of [`SessionStore`].
///
/// # Panics
///
/// Panics if a requirement is violated.
pub async fn sessions(store: &dyn SessionStore) {
    let (key, other) = (&unique_id("session"), &unique_id("other"));
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

/// A signal arrives at its target instance, and not at its sender.
async fn signals(store: &dyn SessionStore, key: &str) {
    let mut heard = store.signals();
    let begun = Instant::now();
    let mut sent = false;
    // The channel of an instance may take a moment to open.
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

/// Tests the contract of [`EventStore`].
///
/// # Panics
///
/// Panics if a requirement is violated.
pub async fn events(store: &dyn EventStore) {
    let stream = unique("stream");
    let hour = Duration::from_hours(1);
    let after = async |place: u64| kept(store.after(&stream, place).await);
    let begin = || StreamChange::Begin {
        stream: stream.clone(),
        ttl: hour,
    };
    let end = |place, ttl| StreamChange::End {
        stream: stream.clone(),
        place,
        ttl,
    };
    let append = |place: u64, oldest: u64| StreamChange::Append {
        stream: stream.clone(),
        place,
        oldest,
        message: vec![b'x'; usize::try_from(place).unwrap_or(1)],
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
    kept(store.write(vec![begin()]).await);
    assert_eq!(after(0).await, none(false), "it has begun without an event");
    kept(store.write((1..=5).map(|it| append(it, 1)).collect()).await);
    assert_eq!(after(0).await, part(1..=5, false));
    assert_eq!(after(3).await, part(4..=5, false));
    assert_eq!(after(5).await, none(false));
    kept(store.write(vec![append(6, 4)]).await);
    assert_eq!(after(3).await, part(4..=6, false));
    assert_eq!(after(2).await, None, "an event after it was removed");
    kept(store.write(vec![end(6, Duration::from_secs(1))]).await);
    assert_eq!(after(5).await, part(6..=6, true));
    assert_eq!(after(6).await, none(true), "its end is known");
    sleep(Duration::from_secs(1) + SLACK).await;
    assert_eq!(after(6).await, None, "its time is over");
    kept(store.write(vec![begin(), end(0, hour)]).await);
    assert_eq!(after(0).await, none(true), "it may end without an event");
    let forget = StreamChange::Forget {
        stream: stream.clone(),
    };
    kept(store.write(vec![forget]).await);
    assert_eq!(after(0).await, None, "it is forgotten");
}
