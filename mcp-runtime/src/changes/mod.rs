//! Who wants to know what has changed: subscribers with one flag per list and a set of resources, so that news coalesce.
//!
//! Invariant: what a subscriber costs is bounded, however much happens and however slowly it reads.

pub(crate) mod notifier;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use bytes::Bytes;
use serde_json::{Map, Value, json};
use tokio::sync::Notify;

/// How many resources one subscriber may watch, and how many may have changed before only watched ones are named.
pub(crate) const WATCHED: usize = 1_000;

/// A list that can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum List {
    Tools = 1,
    Prompts = 2,
    Resources = 4,
}

impl List {
    pub(crate) const ALL: [Self; 3] = [Self::Tools, Self::Prompts, Self::Resources];
}

/// What has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// What a list shows.
    List(List),
    /// What is at a URI.
    Resource(Arc<str>),
    /// How far the task with this id has come.
    Task(Arc<str>),
}

impl Change {
    /// The notification that tells of it, with what else is to be said about it.
    pub(crate) fn message(&self, mut params: Map<String, Value>) -> Bytes {
        if let Self::Resource(uri) = self {
            params.insert("uri".to_owned(), json!(**uri));
        }
        let mut message = json!({ "jsonrpc": "2.0", "method": self.notification() });
        if !params.is_empty() {
            message["params"] = params.into();
        }
        message.to_string().into()
    }

    fn notification(&self) -> &'static str {
        match self {
            Self::List(List::Tools) => "notifications/tools/list_changed",
            Self::List(List::Prompts) => "notifications/prompts/list_changed",
            Self::List(List::Resources) => "notifications/resources/list_changed",
            Self::Resource(_) => "notifications/resources/updated",
            Self::Task(_) => "notifications/tasks",
        }
    }
}

/// The changes of one server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes(Arc<Mutex<Readers>>);

#[derive(Debug, Default)]
struct Readers {
    subscribers: Vec<Weak<Pending>>,
    /// The server that this one is a part of.
    whole: Option<Changes>,
}

/// One subscriber's unread news.
#[derive(Debug)]
struct Pending {
    wanted: u8,
    news: Mutex<News>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct News {
    lists: u8,
    watched: BTreeSet<Arc<str>>,
    updated: BTreeSet<Arc<str>>,
    tasks: BTreeSet<Arc<str>>,
    progressed: BTreeSet<Arc<str>>,
}

/// A subscription; it ends when dropped.
#[derive(Debug)]
pub(crate) struct Subscriber(Arc<Pending>);

/// A subscriber watches as many resources as it may.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TooMany;

impl Changes {
    /// Tells every subscriber that wants to know.
    pub(crate) fn publish(&self, change: &Change) {
        let whole = {
            let mut readers = lock(&self.0);
            readers.subscribers.retain(|subscriber| {
                let Some(pending) = subscriber.upgrade() else {
                    return false;
                };
                pending.tell(change);
                true
            });
            readers.whole.clone()
        };
        if let Some(whole) = whole {
            whole.publish(change);
        }
    }

    /// Subscribes to changes of `lists`.
    pub(crate) fn subscribe(&self, lists: impl IntoIterator<Item = List>) -> Subscriber {
        let wanted = lists
            .into_iter()
            .fold(0, |wanted, list| wanted | list as u8);
        let pending = Arc::new(Pending {
            wanted,
            news: Mutex::default(),
            wake: Notify::new(),
        });
        let mut readers = lock(&self.0);
        readers
            .subscribers
            .retain(|subscriber| subscriber.strong_count() > 0);
        readers.subscribers.push(Arc::downgrade(&pending));
        Subscriber(pending)
    }

    /// From now on what changes here changes in `whole`.
    pub(crate) fn join(&self, whole: &Self) {
        lock(&self.0).whole = Some(whole.clone());
    }
}

impl Pending {
    fn tell(&self, change: &Change) {
        let told = match change {
            Change::List(list) if self.wanted & *list as u8 != 0 => {
                lock(&self.news).lists |= *list as u8;
                true
            }
            Change::List(_) => false,
            Change::Resource(uri) => lock(&self.news).update(uri),
            Change::Task(id) => lock(&self.news).progress(id),
        };
        if told {
            self.wake.notify_one();
        }
    }
}

impl News {
    fn update(&mut self, uri: &Arc<str>) -> bool {
        let Some(watched) = watched(&self.watched, uri).cloned() else {
            return false;
        };
        let room = self.updated.len() < WATCHED;
        self.updated
            .insert(if room { Arc::clone(uri) } else { watched })
    }

    fn progress(&mut self, id: &Arc<str>) -> bool {
        self.tasks.contains(id) && self.progressed.insert(Arc::clone(id))
    }

    fn take(&mut self) -> Option<Change> {
        if let Some(list) = List::ALL
            .into_iter()
            .find(|list| self.lists & *list as u8 != 0)
        {
            self.lists &= !(list as u8);
            return Some(Change::List(list));
        }
        let updated = self.updated.pop_first().map(Change::Resource);
        updated.or_else(|| self.progressed.pop_first().map(Change::Task))
    }
}

/// The watched resource that `uri` is, or is a part of: what follows a watched URI begins with a slash.
fn watched<'w>(all: &'w BTreeSet<Arc<str>>, uri: &str) -> Option<&'w Arc<str>> {
    let parts = uri
        .match_indices('/')
        .flat_map(|(slash, _)| [slash, slash + 1]);
    std::iter::once(uri.len())
        .chain(parts)
        .find_map(|end| all.get(&uri[..end]))
}

impl Subscriber {
    /// Waits for the next change.
    pub(crate) async fn next(&self) -> Change {
        loop {
            let wake = self.0.wake.notified();
            let change = lock(&self.0.news).take();
            if let Some(change) = change {
                return change;
            }
            wake.await;
        }
    }

    /// Watches the resource at `uri` and what is below it.
    pub(crate) fn watch(&self, uri: &str) -> Result<(), TooMany> {
        let mut news = lock(&self.0.news);
        if news.watched.len() >= WATCHED && !news.watched.contains(uri) {
            return Err(TooMany);
        }
        news.watched.insert(uri.into());
        Ok(())
    }

    /// Follows the task with this id.
    pub(crate) fn follow(&self, id: &str) -> Result<(), TooMany> {
        let mut news = lock(&self.0.news);
        if news.tasks.len() >= WATCHED && !news.tasks.contains(id) {
            return Err(TooMany);
        }
        news.tasks.insert(id.into());
        Ok(())
    }

    /// Watches it no longer.
    pub(crate) fn unwatch(&self, uri: &str) {
        let News {
            watched: still,
            updated,
            ..
        } = &mut *lock(&self.0.news);
        still.remove(uri);
        updated.retain(|uri| watched(still, uri).is_some());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    fn updated(uri: &str) -> Change {
        Change::Resource(uri.into())
    }

    /// All that has not been read.
    fn unread(subscriber: &Subscriber) -> Vec<Change> {
        std::iter::from_fn(|| subscriber.next().now_or_never()).collect()
    }

    #[test]
    fn news_coalesce_and_only_the_wanted_arrive() {
        let changes = Changes::default();
        let tools = changes.subscribe([List::Tools]);
        let prompts = changes.subscribe([List::Prompts]);
        changes.publish(&Change::List(List::Tools));
        changes.publish(&Change::List(List::Tools));
        assert_eq!(unread(&tools), [Change::List(List::Tools)]);
        assert_eq!(unread(&prompts), []);
    }

    #[test]
    fn a_watched_resource_is_told_of_once_and_so_is_what_is_below_it() {
        let changes = Changes::default();
        let subscriber = changes.subscribe([]);
        subscriber.watch("db://rows").unwrap();
        subscriber.watch("file:///dir/").unwrap();
        for uri in [
            "db://rows",
            "db://rows/1",
            "db://rows",
            "db://rowsother",
            "db://row",
            "file:///dir/a/b",
            "file:///di",
        ] {
            changes.publish(&updated(uri));
        }
        assert_eq!(
            unread(&subscriber),
            ["db://rows", "db://rows/1", "file:///dir/a/b"].map(updated)
        );
        changes.publish(&updated("db://rows/1"));
        subscriber.unwatch("db://rows");
        changes.publish(&updated("db://rows"));
        assert_eq!(unread(&subscriber), []);
    }

    #[test]
    fn what_is_watched_and_what_is_unread_are_bounded() {
        let changes = Changes::default();
        let subscriber = changes.subscribe([]);
        for number in 0..WATCHED {
            subscriber.watch(&format!("db://{number}")).unwrap();
        }
        assert!(subscriber.watch("db://more").is_err());
        subscriber.watch("db://7").unwrap();
        for number in 0..5 * WATCHED {
            changes.publish(&updated(&format!("db://7/{number}")));
        }
        let unread = unread(&subscriber);
        assert_eq!(unread.len(), WATCHED + 1);
        assert!(unread.contains(&updated("db://7")), "the rest in one");
    }

    #[test]
    fn a_part_tells_the_whole() {
        let (part, whole) = (Changes::default(), Changes::default());
        part.join(&whole);
        let subscriber = whole.subscribe([List::Tools]);
        part.publish(&Change::List(List::Tools));
        assert_eq!(unread(&subscriber), [Change::List(List::Tools)]);
    }
}
