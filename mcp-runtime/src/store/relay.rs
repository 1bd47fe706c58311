//! Relays changes of this instance to the others, and theirs to the subscribers here.
//!
//! Invariants: a change that could not be sent is followed by a message that everything may have changed; received
//! changes are not sent again.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::sleep;
use tokio_util::task::AbortOnDropHandle;

use super::{Changes as Shared, Feed, Incoming};
use crate::changes::Changes;
use crate::changes::outlet::{Outgoing, Outlet};

/// The wait after a failed send.
const PAUSE: Duration = Duration::from_millis(500);

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
    pub(crate) fn begin(changes: &Changes, shared: &Arc<dyn Shared>, instance: &str) -> Self {
        let outlet = changes.open_outlet();
        let incoming = shared.subscribe();
        let out = send(Arc::clone(shared), outlet, instance.to_owned());
        let take = receive(incoming, changes.clone(), instance.to_owned());
        Self {
            _out: AbortOnDropHandle::new(tokio::spawn(out)),
            _in: AbortOnDropHandle::new(tokio::spawn(take)),
        }
    }
}

async fn send(shared: Arc<dyn Shared>, outlet: Arc<Outlet>, from: String) {
    loop {
        let news = outlet.next().await;
        let message = Message {
            from: from.clone(),
            news,
        };
        let text = serde_json::to_vec(&message).unwrap_or_default();
        if let Err(error) = shared.publish(text).await {
            tracing::debug!(%error, "changes were not sent to other instances");
            sleep(PAUSE).await;
            outlet.lose();
        }
    }
}

async fn receive(mut incoming: Feed<Incoming>, changes: Changes, own: String) {
    while let Some(incoming) = incoming.next().await {
        match incoming {
            Incoming::Gap => changes.publish_gap(),
            Incoming::Message(text) => publish(&text, &changes, &own),
        }
    }
}

fn publish(text: &[u8], changes: &Changes, own: &str) {
    let Ok(message) = serde_json::from_slice::<Message>(text) else {
        tracing::warn!(
            "a message about changes cannot be read; is another version of the server running?"
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
    for change in message.news.into_changes() {
        changes.publish_here(&change);
    }
}
