//! Messages that come in, for whoever listens.

use bytes::Bytes;
use tokio::sync::broadcast;

/// The maximum number of messages that wait for one listener.
const WAITING: usize = 1024;

/// Something that came in.
#[derive(Clone, Debug)]
pub(crate) enum Heard {
    /// On the channel of all.
    Change(Bytes),
    /// On the channel of this instance.
    Signal(Bytes),
    /// Messages may have been lost.
    Gap,
}

/// Hands out what comes in.
#[derive(Debug)]
pub(super) struct Mouth(broadcast::Sender<Heard>);

/// Listens to what comes in.
#[derive(Debug)]
pub(crate) struct Ears(broadcast::Receiver<Heard>);

impl Default for Mouth {
    fn default() -> Self {
        Self(broadcast::Sender::new(WAITING))
    }
}

impl Mouth {
    pub(super) fn say(&self, heard: Heard) {
        // Nobody may listen.
        let _ = self.0.send(heard);
    }

    pub(super) fn ears(&self) -> Ears {
        Ears(self.0.subscribe())
    }
}

impl Ears {
    /// Waits for the next; `None` when the link is gone.
    pub(crate) async fn next(&mut self) -> Option<Heard> {
        match self.0.recv().await {
            Ok(heard) => Some(heard),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Heard::Gap),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}
