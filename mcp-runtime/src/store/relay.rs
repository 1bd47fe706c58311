//! Relays changes of this instance to the others, and theirs to the subscribers here.
//!
//! Invariants: a change that could not be sent is followed by a message that everything may have changed; received
//! changes are not sent again.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::sleep;
use tokio_util::task::AbortOnDropHandle;

use super::contained::{Panicked, contain, contain_now, contained};
use super::flush::Flush;
use super::{CacheStore, Changes as Shared, Feed, Incoming, StoreFuture};
use crate::background;
use crate::changes::Changes;
use crate::changes::outlet::{Outgoing, Outlet};

/// The wait after a failed send.
const PAUSE: Duration = Duration::from_millis(500);
/// The wait after a subscription has panicked.
const RECOVERY: Duration = Duration::from_secs(5);

/// A message between instances.
#[derive(Serialize, Deserialize)]
struct Message {
    /// The instance that sends it.
    from: String,
    #[serde(flatten)]
    news: Outgoing,
}

/// Relays changes to and from other instances until dropped.
#[derive(Debug)]
pub(crate) struct Relay {
    _out: AbortOnDropHandle<()>,
    _in: AbortOnDropHandle<()>,
}

impl Relay {
    /// Starts relaying the `changes` of this instance. Needs a runtime.
    ///
    /// Also returns the queue of unsent changes.
    pub(crate) fn begin(
        changes: &Changes,
        shared: &Arc<dyn Shared>,
        cache: Option<Arc<dyn CacheStore>>,
        instance: &str,
    ) -> (Self, Arc<Outlet>) {
        let outlet = changes.open_outlet();
        let stores = (Arc::clone(shared), cache);
        let queue = Arc::clone(&outlet);
        let out = send(stores, queue, changes.clone(), instance.to_owned());
        let first = contain_now(|| shared.subscribe());
        let take = receive(
            Arc::clone(shared),
            first,
            changes.clone(),
            instance.to_owned(),
        );
        let relay = Self {
            _out: AbortOnDropHandle::new(background::spawn(out)),
            _in: AbortOnDropHandle::new(background::spawn(take)),
        };
        (relay, outlet)
    }
}

impl Flush for Outlet {
    fn flush(&self) -> StoreFuture<'_, ()> {
        Box::pin(async {
            self.empty().await;
            Ok(())
        })
    }
}

async fn send(
    (shared, cache): (Arc<dyn Shared>, Option<Arc<dyn CacheStore>>),
    outlet: Arc<Outlet>,
    changes: Changes,
    from: String,
) {
    loop {
        let news = outlet.next().await;
        let kept = forget(cache.as_deref(), &changes, &news.forgotten).await;
        let message = Message {
            from: from.clone(),
            news,
        };
        let text = serde_json::to_vec(&message).unwrap_or_default();
        let sent = contained(async { shared.publish(text).await }).await;
        if let Err(error) = &sent {
            tracing::debug!(%error, "changes were not sent to other instances");
        }
        if sent.is_err() || !kept.is_empty() {
            sleep(PAUSE).await;
        }
        if sent.is_err() {
            outlet.lose();
        }
        for name in &kept {
            outlet.forget(name);
        }
        outlet.sent();
    }
}

/// Invalidates results of functions in the store; returns the names that failed.
async fn forget(
    cache: Option<&dyn CacheStore>,
    changes: &Changes,
    names: &BTreeSet<String>,
) -> Vec<String> {
    let mut kept = Vec::new();
    let Some(cache) = cache else { return kept };
    for name in names {
        match contained(async { cache.forget(name).await }).await {
            // A call here may have read an old result before the store invalidated it.
            Ok(()) => changes.forget_here(name),
            Err(error) => {
                tracing::debug!(%error, "the store of results failed");
                kept.push(name.clone());
            }
        }
    }
    kept
}

/// Receives until the subscription ends; after a panic it subscribes again, and reports the loss as a gap.
async fn receive(
    shared: Arc<dyn Shared>,
    first: Result<Feed<Incoming>, Panicked>,
    changes: Changes,
    own: String,
) {
    let mut subscribed = first;
    loop {
        if let Ok(incoming) = subscribed
            && contain(listen(incoming, &changes, &own)).await.is_ok()
        {
            return;
        }
        tracing::error!("the store of changes panicked; it is subscribed to again");
        sleep(RECOVERY).await;
        subscribed = contain_now(|| shared.subscribe());
        changes.publish_gap();
    }
}

async fn listen(mut incoming: Feed<Incoming>, changes: &Changes, own: &str) {
    while let Some(incoming) = incoming.next().await {
        match incoming {
            Incoming::Gap => changes.publish_gap(),
            Incoming::Message(text) => publish(&text, changes, own),
        }
    }
}

fn publish(text: &[u8], changes: &Changes, own: &str) {
    let Ok(message) = serde_json::from_slice::<Message>(text) else {
        tracing::warn!(
            "a message about changes cannot be read, so that everything counts as changed; another version of the server may have sent it"
        );
        changes.publish_gap();
        return;
    };
    if message.from == own {
        return;
    }
    if message.news.everything {
        changes.publish_gap();
        return;
    }
    for name in &message.news.forgotten {
        changes.forget_here(name);
    }
    for change in message.news.into_changes() {
        changes.publish_here(&change);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::changes::{Change, List};
    use crate::store::{Cached, MemoryCache, PutCached, StoreFuture};

    /// A store that panics a number of times in every method, and then keeps published messages.
    #[derive(Debug, Default)]
    struct Panicking {
        left: AtomicUsize,
        published: Mutex<Vec<String>>,
    }

    impl Panicking {
        fn times(times: usize) -> Arc<Self> {
            Arc::new(Self {
                left: times.into(),
                ..Self::default()
            })
        }

        fn panic(&self) {
            let left = |left: usize| left.checked_sub(1);
            let taken = self
                .left
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, left);
            assert!(taken.is_err(), "as it was told");
        }
    }

    #[derive(Debug)]
    struct Handle(Arc<Panicking>);

    impl Shared for Handle {
        fn publish(&self, message: Vec<u8>) -> StoreFuture<'_, ()> {
            self.0.panic();
            let text = String::from_utf8(message).unwrap();
            self.0.published.lock().unwrap().push(text);
            Box::pin(std::future::ready(Ok(())))
        }

        fn subscribe(&self) -> Feed<Incoming> {
            self.0.panic();
            let next = async |store: Arc<Panicking>| {
                store.panic();
                std::future::pending().await
            };
            Feed::new(Arc::clone(&self.0), next)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_panics_is_used_again_and_its_listeners_receive_a_gap() {
        // Subscribing, subscribing again, waiting for a message; then publishing.
        let store = Panicking::times(4);
        let shared: Arc<dyn Shared> = Arc::new(Handle(Arc::clone(&store)));
        let changes = Changes::default();
        let listener = changes.subscribe([List::Tools]);
        let (_relay, _) = Relay::begin(&changes, &shared, None, "here");
        assert_eq!(listener.next().await, Change::List(List::Tools));
        changes.publish(&Change::Resource("db://a".into()));
        tokio::time::sleep(Duration::from_secs(30)).await;
        let published = store.published.lock().unwrap().join(" ");
        assert!(
            published.contains("everything\":true") || published.contains("db://a"),
            "{published}"
        );
        assert_eq!(store.left.load(Ordering::SeqCst), 0);
    }

    /// A store of results that fails to forget once.
    #[derive(Debug)]
    struct Failing(MemoryCache, AtomicUsize);

    impl CacheStore for Failing {
        fn get<'a>(&'a self, group: &'a str, key: &'a str) -> StoreFuture<'a, Cached> {
            self.0.get(group, key)
        }

        fn put<'a>(&'a self, value: PutCached<'a>) -> StoreFuture<'a, ()> {
            self.0.put(value)
        }

        fn forget<'a>(&'a self, group: &'a str) -> StoreFuture<'a, ()> {
            assert!(self.1.fetch_add(1, Ordering::SeqCst) > 0, "the first time");
            self.0.forget(group)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_forget_is_retried() {
        let store = Panicking::times(0);
        let shared: Arc<dyn Shared> = Arc::new(Handle(Arc::clone(&store)));
        let cache = Arc::new(Failing(MemoryCache::new(1_000), AtomicUsize::new(0)));
        let before = cache.get("prices", "a").await.unwrap().mark;
        let changes = Changes::default();
        let number = changes.forgotten().of("prices");
        let (_relay, _) = Relay::begin(&changes, &shared, Some(cache.clone()), "here");
        changes.forget("prices");
        changes.forget("of no function");
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert_ne!(cache.get("prices", "a").await.unwrap().mark, before);
        assert!(
            number.load(Ordering::SeqCst) >= 2,
            "here, and after the store has"
        );
        let published = store.published.lock().unwrap().join(" ");
        assert!(published.contains("prices") && !published.contains("no function"));
    }
}
