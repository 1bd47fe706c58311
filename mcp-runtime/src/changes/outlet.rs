//! Changes of this instance that have not been sent to other instances.
//!
//! Invariant: bounded in number and bytes; an overflow is sent as a change of everything.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use super::{Change, List, lock};
use crate::limits;

/// The queue of unsent changes.
#[derive(Debug, Default)]
pub(crate) struct Outlet {
    waiting: Mutex<Outgoing>,
    wake: Notify,
    /// `true` while taken changes are being sent.
    is_sending: AtomicBool,
    sent: Notify,
}

/// Changes that are sent together.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Outgoing {
    /// The lists, one bit each.
    lists: u8,
    resources: BTreeSet<String>,
    tasks: BTreeSet<String>,
    /// The names of functions whose cached results are invalid.
    pub forgotten: BTreeSet<String>,
    /// True if everything may have changed.
    pub everything: bool,
    #[serde(skip)]
    bytes: usize,
}

impl Outlet {
    pub(super) fn add(&self, change: &Change) {
        let mut waiting = lock(&self.waiting);
        if waiting.everything {
            return;
        }
        let is_new = match change {
            Change::List(list) => {
                waiting.lists |= *list as u8;
                None
            }
            Change::Resource(uri) => {
                let is_new = waiting.resources.insert(uri.as_ref().to_owned());
                is_new.then_some(uri.len())
            }
            Change::Task(id) => {
                let is_new = waiting.tasks.insert(id.as_ref().to_owned());
                is_new.then_some(id.len())
            }
        };
        waiting.bytes += is_new.unwrap_or_default();
        let number = waiting.resources.len() + waiting.tasks.len();
        if number > limits::WATCHED || waiting.bytes > limits::WATCHED_BYTES {
            waiting.become_everything();
        }
        drop(waiting);
        self.wake.notify_one();
    }

    /// Records a lost change: the next message says that everything may have changed.
    pub(crate) fn lose(&self) {
        lock(&self.waiting).become_everything();
        self.wake.notify_one();
    }

    /// Adds the name of functions whose results are invalid; bounded by the number of functions.
    pub(crate) fn forget(&self, name: &str) {
        lock(&self.waiting).forgotten.insert(name.to_owned());
        self.wake.notify_one();
    }

    /// Waits for changes, and takes them.
    pub(crate) async fn next(&self) -> Outgoing {
        loop {
            let wake = self.wake.notified();
            if let Some(news) = self.take() {
                return news;
            }
            wake.await;
        }
    }

    fn take(&self) -> Option<Outgoing> {
        let mut waiting = lock(&self.waiting);
        let news = Some(std::mem::take(&mut *waiting)).filter(|news| !news.is_empty())?;
        self.is_sending.store(true, Ordering::Relaxed);
        Some(news)
    }

    /// Records that the taken changes were sent or lost.
    pub(crate) fn sent(&self) {
        self.is_sending.store(false, Ordering::Relaxed);
        self.sent.notify_waiters();
    }

    /// Waits until all changes are sent.
    pub(crate) async fn empty(&self) {
        loop {
            let sent = self.sent.notified();
            let is_empty = lock(&self.waiting).is_empty();
            if is_empty && !self.is_sending.load(Ordering::Relaxed) {
                return;
            }
            sent.await;
        }
    }
}

impl Outgoing {
    fn become_everything(&mut self) {
        *self = Self {
            everything: true,
            forgotten: std::mem::take(&mut self.forgotten),
            ..Self::default()
        };
    }

    fn is_empty(&self) -> bool {
        let has_names = [&self.resources, &self.tasks, &self.forgotten];
        self.lists == 0 && has_names.iter().all(|it| it.is_empty()) && !self.everything
    }

    pub(crate) fn into_changes(self) -> impl Iterator<Item = Change> {
        let changed = self.lists;
        let lists = List::ALL.into_iter();
        lists
            .filter(move |list| changed & *list as u8 != 0)
            .map(Change::List)
            .chain((self.resources.into_iter()).map(|uri| Change::Resource(uri.into())))
            .chain(self.tasks.into_iter().map(|id| Change::Task(id.into())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changes::Changes;

    #[tokio::test(start_paused = true)]
    async fn changes_wait_together_and_too_many_are_everything() {
        let changes = Changes::default();
        let outlet = changes.open_outlet();
        changes.publish(&Change::List(List::Tools));
        changes.publish(&Change::Resource("db://a".into()));
        changes.publish(&Change::Resource("db://a".into()));
        let news: Vec<_> = outlet.next().await.into_changes().collect();
        assert_eq!(
            news,
            [Change::List(List::Tools), Change::Resource("db://a".into())]
        );
        for number in 0..=limits::WATCHED {
            changes.publish(&Change::Resource(format!("db://{number}").into()));
        }
        let news = outlet.next().await;
        assert!(news.everything && news.resources.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_empty_after_the_taken_changes_are_sent() {
        use futures_util::FutureExt as _;
        let changes = Changes::default();
        let outlet = changes.open_outlet();
        assert!(outlet.empty().now_or_never().is_some());
        changes.publish(&Change::List(List::Tools));
        assert!(outlet.empty().now_or_never().is_none());
        outlet.next().await;
        assert!(outlet.empty().now_or_never().is_none());
        outlet.sent();
        assert!(outlet.empty().now_or_never().is_some());
    }

    #[test]
    fn received_changes_are_not_sent_again() {
        let changes = Changes::default();
        let outlet = changes.open_outlet();
        let subscriber = changes.subscribe([List::Tools]);
        changes.publish_here(&Change::List(List::Tools));
        changes.publish_gap();
        assert!(lock(&outlet.waiting).is_empty());
        drop(subscriber);
    }
}
