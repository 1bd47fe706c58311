//! Who wants to know that a list has changed: subscribers with one flag per list, so that news coalesce.
//!
//! Invariant: a subscriber costs the same however much happens and however slowly it reads.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::Notify;

/// A list that can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum List {
    Tools = 1,
    Prompts = 2,
    Resources = 4,
}

impl List {
    /// The whole message, for a session.
    pub(crate) fn message(self) -> String {
        format!(r#"{{"jsonrpc":"2.0","method":"{}"}}"#, self.notification())
    }

    /// The notification that tells of a change.
    pub(crate) fn notification(self) -> &'static str {
        match self {
            Self::Tools => "notifications/tools/list_changed",
            Self::Prompts => "notifications/prompts/list_changed",
            Self::Resources => "notifications/resources/list_changed",
        }
    }
}

/// The lists that the server has, and that can therefore change.
pub(crate) const OFFERED: [List; 1] = [List::Tools];

/// The changes of one server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes(Arc<Mutex<Vec<Weak<Pending>>>>);

/// One subscriber's unread news.
#[derive(Debug)]
struct Pending {
    wanted: u8,
    unread: AtomicU8,
    wake: Notify,
}

/// A subscription; it ends when dropped.
#[derive(Debug)]
pub(crate) struct Subscriber(Arc<Pending>);

impl Changes {
    /// Tells every subscriber that wants to know.
    pub(crate) fn publish(&self, list: List) {
        let mut subscribers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        subscribers.retain(|subscriber| {
            let Some(pending) = subscriber.upgrade() else { return false };
            if pending.wanted & list as u8 != 0 {
                pending.unread.fetch_or(list as u8, Ordering::AcqRel);
                pending.wake.notify_one();
            }
            true
        });
    }

    /// Subscribes to changes of `lists`.
    pub(crate) fn subscribe(&self, lists: impl IntoIterator<Item = List>) -> Subscriber {
        let wanted = lists.into_iter().fold(0, |wanted, list| wanted | list as u8);
        let pending = Arc::new(Pending { wanted, unread: AtomicU8::new(0), wake: Notify::new() });
        let mut subscribers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        subscribers.retain(|subscriber| subscriber.strong_count() > 0);
        subscribers.push(Arc::downgrade(&pending));
        Subscriber(pending)
    }
}

impl Subscriber {
    /// Waits for the next change.
    pub(crate) async fn next(&self) -> List {
        loop {
            let wake = self.0.wake.notified();
            let unread = self.0.unread.load(Ordering::Acquire);
            if let Some(list) =
                [List::Tools, List::Prompts, List::Resources].into_iter().find(|list| unread & *list as u8 != 0)
            {
                self.0.unread.fetch_and(!(list as u8), Ordering::AcqRel);
                return list;
            }
            wake.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[tokio::test]
    async fn news_coalesce_and_only_the_wanted_arrive() {
        let changes = Changes::default();
        let tools = changes.subscribe([List::Tools]);
        let prompts = changes.subscribe([List::Prompts]);
        changes.publish(List::Tools);
        changes.publish(List::Tools);
        assert_eq!(tools.next().await, List::Tools);
        assert!(tools.next().now_or_never().is_none());
        assert!(prompts.next().now_or_never().is_none());
    }
}
