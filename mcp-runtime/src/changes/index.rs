//! An index of the subscribers by their subscriptions.
//!
//! It maps a topic to its subscribers, so that a change does not visit each of ten thousand subscribers. Those that it
//! does visit are read in parts, between which others take the lock. References are weak: the destructor of a
//! subscriber removes it, and one that is being dropped is skipped.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Weak};

use super::{Change, List, Pending, ancestors};

/// The maximum number of subscribers in one part of those affected by a change.
const PART: usize = 256;

/// Subscribers by their numbers.
type Subscribers = BTreeMap<u64, Weak<Pending>>;

/// The subject of a change.
#[derive(Debug)]
pub(super) enum Topic {
    List(List),
    /// A resource and what is below it.
    Resource(Arc<str>),
    Task(Arc<str>),
}

#[derive(Debug, Default)]
pub(super) struct Index {
    subscribed: u64,
    lists: BTreeMap<u8, Subscribers>,
    resources: HashMap<Arc<str>, Subscribers>,
    tasks: HashMap<Arc<str>, Subscribers>,
}

/// The position among the subscribers of a change.
#[derive(Debug, Default)]
pub(super) struct Cursor {
    /// The number of topics that have been read.
    topics: usize,
    /// The number of the last subscriber that was read of the next topic.
    last: u64,
    pub is_at_end: bool,
}

impl Cursor {
    /// Reads the next part of the subscribers of `topics`, which are those not read before.
    fn read<'s>(
        &mut self,
        topics: impl IntoIterator<Item = Option<&'s Subscribers>>,
    ) -> Vec<Arc<Pending>> {
        let (mut part, mut left) = (Vec::new(), PART);
        for topic in topics {
            let subscribers = topic.map(|it| it.range(self.last + 1..));
            for (number, subscriber) in subscribers.into_iter().flatten() {
                if left == 0 {
                    return part;
                }
                left -= 1;
                self.last = *number;
                part.extend(subscriber.upgrade());
            }
            self.topics += 1;
            self.last = 0;
        }
        self.is_at_end = true;
        part
    }
}

impl Index {
    /// Returns the number of a new subscriber.
    pub(super) fn next(&mut self) -> u64 {
        self.subscribed += 1;
        self.subscribed
    }

    pub(super) fn add(&mut self, topic: Topic, subscriber: &Arc<Pending>) {
        let subscribers = match topic {
            Topic::List(list) => self.lists.entry(list as u8).or_default(),
            Topic::Resource(uri) => self.resources.entry(uri).or_default(),
            Topic::Task(id) => self.tasks.entry(id).or_default(),
        };
        subscribers.insert(subscriber.number, Arc::downgrade(subscriber));
    }

    pub(super) fn remove(&mut self, topic: &Topic, number: u64) {
        match topic {
            Topic::List(list) => {
                if let Some(subscribers) = self.lists.get_mut(&(*list as u8)) {
                    subscribers.remove(&number);
                }
            }
            Topic::Resource(uri) => remove(&mut self.resources, uri, number),
            Topic::Task(id) => remove(&mut self.tasks, id, number),
        }
    }

    /// Returns a part of the subscribers affected by a change: those after `cursor`, which moves on.
    ///
    /// A subscriber that is added between two parts has a greater number, and may be returned by the second one.
    pub(super) fn affected(&self, change: &Change, cursor: &mut Cursor) -> Vec<Arc<Pending>> {
        let read = cursor.topics;
        match change {
            Change::List(list) => cursor.read([self.lists.get(&(*list as u8))]),
            Change::Task(id) => cursor.read([self.tasks.get(id)]),
            Change::Resource(uri) => {
                let parents = ancestors(uri).skip(read);
                cursor.read(parents.map(|parent| self.resources.get(parent)))
            }
        }
    }

    /// Returns all subscribers, each once.
    pub(super) fn all(&self) -> Vec<Arc<Pending>> {
        let topics = self.lists.values().chain(self.resources.values());
        let subscribers = topics.chain(self.tasks.values()).flatten();
        let numbered: BTreeMap<_, _> = subscribers.map(|(number, it)| (*number, it)).collect();
        numbered.into_values().filter_map(Weak::upgrade).collect()
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.lists.values().all(BTreeMap::is_empty)
            && self.resources.is_empty()
            && self.tasks.is_empty()
    }
}

/// Removes a subscriber, and its topic with the last subscriber.
fn remove(topics: &mut HashMap<Arc<str>, Subscribers>, topic: &str, number: u64) {
    if let Some(subscribers) = topics.get_mut(topic) {
        subscribers.remove(&number);
        if subscribers.is_empty() {
            topics.remove(topic);
        }
    }
}
