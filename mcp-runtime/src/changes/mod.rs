//! Notifications of changes: subscribers with one flag per list and a set of resources, so that notifications coalesce.
//!
//! Invariants: the cost of a subscriber is bounded, however many changes there are and however slowly it reads; the
//! cost of a change depends on the subscribers it affects only, which are notified without a contended lock.
//!
//! A change enters by [`Changes::publish`], from any thread, and leaves by [`Subscriber::next`], one after another. In
//! between there is not a queue but a set: three bits for lists, the URIs and the task ids that have changed. A
//! hundred changes of one resource are one notification. If the URIs below a watched folder do not fit, the folder
//! itself is recorded as changed: only the detail is lost.
//!
//! Lock order: a subscriber's pending changes before the index. `publish` holds the index alone while it collects a part
//! of the subscribers, and notifies them without it.

pub(crate) mod forgotten;
mod index;
pub(crate) mod notifier;
pub(crate) mod outlet;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde_json::{Map, Value, json};
use tokio::sync::Notify;

use crate::limits;
use forgotten::Forgotten;
use index::{Cursor, Index, Topic};
use outlet::Outlet;

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

/// A change to notify subscribers of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// The entries of a list.
    List(List),
    /// The resource at a URI.
    Resource(Arc<str>),
    /// The status of the task with this id.
    Task(Arc<str>),
}

impl Change {
    /// Builds its notification; `params` are further members of it.
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
pub(crate) struct Changes(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    index: Index,
    /// The changes of the server that this one is a part of.
    parent: Option<Changes>,
    /// The outlet to other instances.
    outlet: Option<Arc<Outlet>>,
    forgotten: Forgotten,
}

/// The unread changes of one subscriber.
#[derive(Debug)]
struct Pending {
    /// Its number in the index.
    number: u64,
    wanted: u8,
    unread: Mutex<Unread>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct Unread {
    lists: u8,
    watched: BTreeSet<Arc<str>>,
    /// The size of the watched URIs together.
    watched_bytes: usize,
    updated: BTreeSet<Arc<str>>,
    updated_bytes: usize,
    tasks: BTreeSet<Arc<str>>,
    progressed: BTreeSet<Arc<str>>,
}

/// A subscription; it ends when dropped.
#[derive(Debug)]
pub(crate) struct Subscriber {
    pending: Arc<Pending>,
    changes: Changes,
}

/// The error of a subscriber that watches the maximum number of resources, or of their bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TooMany;

impl Changes {
    /// Notifies every subscriber that the change affects, on all instances.
    ///
    /// The cost is a look-up for each part of the URI that ends at a slash, and for each affected subscriber. Must not
    /// be called under a lock that a reader needs.
    pub(crate) fn publish(&self, change: &Change) {
        self.publish_here(change);
        let (parent, outlet) = {
            let state = lock(&self.0);
            (state.parent.clone(), state.outlet.clone())
        };
        if let Some(parent) = parent {
            parent.publish(change);
        }
        if let Some(outlet) = outlet {
            outlet.add(change);
        }
    }

    /// Notifies every subscriber of this instance that the change affects.
    pub(crate) fn publish_here(&self, change: &Change) {
        let mut cursor = Cursor::default();
        while !cursor.is_at_end {
            let affected = lock(&self.0).index.affected(change, &mut cursor);
            for pending in affected {
                pending.notify(change);
            }
        }
    }

    /// Invalidates the cached results of the functions called `name` on all instances.
    pub(crate) fn forget(&self, name: &str) {
        let (forgotten, parent, outlet) = {
            let state = lock(&self.0);
            let forgotten = state.forgotten.clone();
            (forgotten, state.parent.clone(), state.outlet.clone())
        };
        if forgotten.forget(name)
            && let Some(outlet) = outlet
        {
            outlet.forget(name);
        }
        if let Some(parent) = parent {
            parent.forget(name);
        }
    }

    /// Invalidates them on this instance.
    pub(crate) fn forget_here(&self, name: &str) {
        self.forgotten().forget(name);
    }

    /// Returns the generations of cached results.
    pub(crate) fn forgotten(&self) -> Forgotten {
        lock(&self.0).forgotten.clone()
    }

    /// Notifies every subscriber of this instance that everything it watches may have changed, and invalidates all cached
    /// results.
    pub(crate) fn publish_gap(&self) {
        self.forgotten().forget_all();
        let all = lock(&self.0).index.all();
        for pending in all {
            pending.notify_all();
        }
    }

    /// Returns the outlet to other instances, which collects changes from now on.
    pub(crate) fn open_outlet(&self) -> Arc<Outlet> {
        let outlet = Arc::<Outlet>::default();
        lock(&self.0).outlet = Some(Arc::clone(&outlet));
        outlet
    }

    /// Subscribes to changes of `lists`.
    pub(crate) fn subscribe(&self, lists: impl IntoIterator<Item = List>) -> Subscriber {
        let lists: Vec<List> = lists.into_iter().collect();
        let mut state = lock(&self.0);
        let pending = Arc::new(Pending {
            number: state.index.next(),
            wanted: lists.iter().fold(0, |wanted, list| wanted | *list as u8),
            unread: Mutex::default(),
            wake: Notify::new(),
        });
        for list in lists {
            state.index.add(Topic::List(list), &pending);
        }
        Subscriber {
            pending,
            changes: self.clone(),
        }
    }

    /// Forwards all changes to `parent`, from now on.
    pub(crate) fn forward_to(&self, parent: &Self) {
        lock(&self.0).parent = Some(parent.clone());
    }
}

impl Pending {
    fn notify(&self, change: &Change) {
        let is_new = match change {
            Change::List(list) if self.wanted & *list as u8 != 0 => {
                lock(&self.unread).lists |= *list as u8;
                true
            }
            Change::List(_) => false,
            Change::Resource(uri) => lock(&self.unread).update(uri),
            Change::Task(id) => lock(&self.unread).progress(id),
        };
        if is_new {
            self.wake.notify_one();
        }
    }

    fn notify_all(&self) {
        let unread = &mut *lock(&self.unread);
        unread.lists |= self.wanted;
        unread.updated.clone_from(&unread.watched);
        unread.updated_bytes = unread.watched_bytes;
        unread.progressed.clone_from(&unread.tasks);
        self.wake.notify_one();
    }
}

impl Unread {
    fn update(&mut self, uri: &Arc<str>) -> bool {
        let Some(watched) = watched(&self.watched, uri).cloned() else {
            return false;
        };
        let has_room = self.updated.len() < limits::WATCHED
            && self.updated_bytes + uri.len() <= limits::WATCHED_BYTES;
        let kept = if has_room { Arc::clone(uri) } else { watched };
        let bytes = kept.len();
        let is_new = self.updated.insert(kept);
        if is_new {
            self.updated_bytes += bytes;
        }
        is_new
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
        let updated = self.updated.pop_first().map(|uri| {
            self.updated_bytes -= uri.len();
            Change::Resource(uri)
        });
        updated.or_else(|| self.progressed.pop_first().map(Change::Task))
    }
}

/// Returns the watched resource that `uri` is, or is a part of.
fn watched<'w>(all: &'w BTreeSet<Arc<str>>, uri: &str) -> Option<&'w Arc<str>> {
    ancestors(uri).find_map(|parent| all.get(parent))
}

/// Returns `uri` and all that it is a part of: what follows a watched URI begins with a slash.
///
/// Both `file:///logs` and `file:///logs/` are ancestors of `file:///logs/today`.
fn ancestors(uri: &str) -> impl Iterator<Item = &str> {
    let parts = uri
        .match_indices('/')
        .flat_map(|(slash, _)| [slash, slash + 1]);
    let ends = parts.filter(|end| *end < uri.len());
    std::iter::once(uri.len())
        .chain(ends)
        .map(|end| &uri[..end])
}

impl Subscriber {
    /// Waits for the next change.
    ///
    /// Lists first, then resources in the order of their URIs, then tasks. Cancel safe: a change is
    /// taken in the poll that returns it.
    pub(crate) async fn next(&self) -> Change {
        loop {
            let wake = self.pending.wake.notified();
            let change = lock(&self.pending.unread).take();
            if let Some(change) = change {
                return change;
            }
            wake.await;
        }
    }

    /// Takes all changes that have not been read, in the order of [`Self::next`].
    pub(crate) fn take(&self) -> Vec<Change> {
        let unread = &mut *lock(&self.pending.unread);
        std::iter::from_fn(|| unread.take()).collect()
    }

    /// Watches the resource at `uri` and what is below it; returns whether it was not watched before.
    pub(crate) fn watch(&self, uri: &str) -> Result<bool, TooMany> {
        let mut unread = lock(&self.pending.unread);
        if unread.watched.contains(uri) {
            return Ok(false);
        }
        let bytes = unread.watched_bytes + uri.len();
        if unread.watched.len() >= limits::WATCHED || bytes > limits::WATCHED_BYTES {
            return Err(TooMany);
        }
        unread.watched_bytes = bytes;
        let uri: Arc<str> = uri.into();
        unread.watched.insert(Arc::clone(&uri));
        lock(&self.changes.0)
            .index
            .add(Topic::Resource(uri), &self.pending);
        Ok(true)
    }

    /// Follows the task with this id.
    pub(crate) fn follow(&self, id: &str) -> Result<(), TooMany> {
        let mut unread = lock(&self.pending.unread);
        if unread.tasks.contains(id) {
            return Ok(());
        }
        if unread.tasks.len() >= limits::WATCHED {
            return Err(TooMany);
        }
        let id: Arc<str> = id.into();
        unread.tasks.insert(Arc::clone(&id));
        lock(&self.changes.0)
            .index
            .add(Topic::Task(id), &self.pending);
        Ok(())
    }

    /// Returns the URIs that are watched.
    pub(crate) fn watched(&self) -> Vec<Arc<str>> {
        lock(&self.pending.unread).watched.iter().cloned().collect()
    }

    /// Records that changes may have been missed: every watched list and resource may have changed.
    pub(crate) fn mark_all(&self) {
        self.pending.notify_all();
    }

    /// Stops watching a URI; returns whether it was watched.
    pub(crate) fn unwatch(&self, uri: &str) -> bool {
        let unread = &mut *lock(&self.pending.unread);
        let Some(uri) = unread.watched.take(uri) else {
            return false;
        };
        unread.watched_bytes -= uri.len();
        let remaining = &unread.watched;
        unread
            .updated
            .retain(|uri| watched(remaining, uri).is_some());
        unread.updated_bytes = unread.updated.iter().map(|uri| uri.len()).sum();
        lock(&self.changes.0)
            .index
            .remove(&Topic::Resource(uri), self.pending.number);
        true
    }
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        let Self { pending, changes } = self;
        let unread = std::mem::take(&mut *lock(&pending.unread));
        let index = &mut lock(&changes.0).index;
        let lists = List::ALL.into_iter();
        let lists = lists.filter(|list| pending.wanted & *list as u8 != 0);
        let topics = lists
            .map(Topic::List)
            .chain(unread.watched.into_iter().map(Topic::Resource))
            .chain(unread.tasks.into_iter().map(Topic::Task));
        for topic in topics {
            index.remove(&topic, pending.number);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::{WATCHED, WATCHED_BYTES};
    use futures_util::FutureExt as _;

    fn updated(uri: &str) -> Change {
        Change::Resource(uri.into())
    }

    /// All unread changes.
    fn unread(subscriber: &Subscriber) -> Vec<Change> {
        std::iter::from_fn(|| subscriber.next().now_or_never()).collect()
    }

    #[test]
    fn changes_coalesce_and_only_those_of_subscribed_lists_arrive() {
        let changes = Changes::default();
        let tools = changes.subscribe([List::Tools]);
        let prompts = changes.subscribe([List::Prompts]);
        changes.publish(&Change::List(List::Tools));
        changes.publish(&Change::List(List::Tools));
        assert_eq!(unread(&tools), [Change::List(List::Tools)]);
        assert_eq!(unread(&prompts), []);
    }

    #[test]
    fn a_watched_resource_and_those_below_it_are_notified_once() {
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
    fn watched_and_unread_uris_are_bounded() {
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
        let (mounted, parent) = (Changes::default(), Changes::default());
        mounted.forward_to(&parent);
        let subscriber = parent.subscribe([List::Tools]);
        mounted.publish(&Change::List(List::Tools));
        assert_eq!(unread(&subscriber), [Change::List(List::Tools)]);
    }

    #[test]
    fn watched_and_unread_uris_are_bounded_in_bytes() {
        let changes = Changes::default();
        let subscriber = changes.subscribe([]);
        let long = |number: usize| format!("db://{number}/{}", "x".repeat(8_000));
        let most = WATCHED_BYTES / 8_000 - 1;
        for number in 0..most {
            assert!(subscriber.watch(&long(number)).unwrap());
        }
        assert!((0..2).any(|more| subscriber.watch(&long(most + more)).is_err()));
        assert!(subscriber.unwatch(&long(0)));
        assert!(!subscriber.unwatch(&long(0)));
        assert!(subscriber.watch("db://a").unwrap());
        for number in 0..1_000 {
            changes.publish(&updated(&format!("db://a/{}", long(number))));
        }
        let unread = unread(&subscriber);
        assert!(unread.len() < WATCHED_BYTES / 8_000 + 2, "{}", unread.len());
        assert!(unread.contains(&updated("db://a")), "the rest in one");
    }

    #[test]
    fn each_of_many_subscribers_is_notified_once_by_whatever_it_watches() {
        let changes = Changes::default();
        let subscribers: Vec<Subscriber> = (0..1_024)
            .map(|number| {
                let subscriber = changes.subscribe([List::Tools]);
                let uri = ["file:///a/b", "file:///a/", "file:///"][number % 3];
                subscriber.watch(uri).unwrap();
                subscriber
            })
            .collect();
        changes.publish(&updated("file:///a/b"));
        changes.publish(&Change::List(List::Tools));
        for subscriber in &subscribers {
            let expected = [Change::List(List::Tools), updated("file:///a/b")];
            assert_eq!(unread(subscriber), expected);
        }
        drop(subscribers);
        changes.publish(&updated("file:///a/b"));
        assert!(lock(&changes.0).index.is_empty());
    }

    #[test]
    fn a_change_visits_only_the_subscribers_that_it_affects() {
        let changes = Changes::default();
        let mut others: Vec<Subscriber> = (0..2_000)
            .map(|number| {
                let subscriber = changes.subscribe([List::Prompts]);
                subscriber.watch(&format!("db://{number}")).unwrap();
                subscriber.follow(&format!("task {number}")).unwrap();
                subscriber
            })
            .collect();
        others[0].watch("db://7/deep").unwrap();
        let visits = |change: &Change| {
            let (mut cursor, mut visits) = (Cursor::default(), 0);
            while !cursor.is_at_end {
                let part = lock(&changes.0).index.affected(change, &mut cursor);
                assert!(part.len() <= 256, "others take the lock between parts");
                visits += part.len();
            }
            visits
        };
        assert_eq!(visits(&updated("db://7")), 1);
        assert_eq!(visits(&updated("db://7/deep/down")), 2);
        assert_eq!(visits(&updated("db://none")), 0);
        assert_eq!(visits(&Change::Task("task 3".into())), 1);
        assert_eq!(visits(&Change::List(List::Tools)), 0);
        assert_eq!(visits(&Change::List(List::Prompts)), 2_000);
        others.truncate(1);
        assert_eq!(visits(&Change::List(List::Prompts)), 1);
        others.clear();
        assert!(lock(&changes.0).index.is_empty(), "nothing is left behind");
    }
}
