//! The contract of a store of results.

use std::time::Duration;

use tokio::time::sleep;

use super::kept::{SLACK, kept, unique};
use crate::store::{CacheStore, PutCached};

/// Tests the contract of [`CacheStore`].
///
/// # Panics
///
/// Panics if the store breaks it.
pub async fn cache(store: &dyn CacheStore) {
    let [prices, names] = ["prices", "names"].map(unique);
    let get = async |group: &str, key: &str| kept(store.get(group, key).await);
    let value = async |group: &str, key: &str| get(group, key).await.value.map(|(it, _)| it);
    assert_eq!(value(&prices, "a").await, None, "nothing was put");
    let mark = get(&prices, "a").await.mark;
    let bytes = vec![b' ', 0, 255, b'\r', b'\n'];
    let put = PutCached::new(&prices, "a", bytes.clone()).with_mark(&mark);
    kept(store.put(put).await);
    let (found, left) = get(&prices, "a").await.value.unwrap_or_default();
    assert_eq!(found, bytes, "any bytes");
    let hour = Duration::from_hours(1);
    assert!(
        left <= hour && left + Duration::from_mins(1) > hour,
        "the time that is left is {left:?}"
    );
    assert_eq!(value(&prices, "b").await, None, "keys are separate");
    assert_eq!(value(&names, "a").await, None, "groups are separate");
    let short = Duration::from_millis(500);
    let put = PutCached::new(&names, "a", "1").for_time(short);
    kept(store.put(put).await);
    assert_eq!(value(&names, "a").await, Some("1".into()));
    sleep(short + SLACK).await;
    assert_eq!(value(&names, "a").await, None, "its time is over");

    kept(store.put(PutCached::new(&names, "a", "2")).await);
    kept(store.forget(&prices).await);
    assert_eq!(value(&prices, "a").await, None, "it is forgotten");
    assert_eq!(value(&names, "a").await, Some("2".into()), "this is not");
    let put = PutCached::new(&prices, "a", "old").with_mark(&mark);
    kept(store.put(put).await);
    assert_eq!(
        value(&prices, "a").await,
        None,
        "what was begun before the group was forgotten is not found"
    );
    let mark = get(&prices, "a").await.mark;
    let put = PutCached::new(&prices, "a", "new").with_mark(&mark);
    kept(store.put(put).await);
    assert_eq!(value(&prices, "a").await, Some("new".into()));
}
