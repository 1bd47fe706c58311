//! Handles that the program keeps while the server runs.

use super::Server;
use crate::changes::notifier::Notifier;
use crate::handler::call::inject::State;
use crate::registry::items::Items;
use crate::server::shutdown::ShutdownHandle;

impl<S: State> Server<S> {
    /// Returns the handle that adds and removes tools, resources and prompts, while the server is built and while it
    /// runs. From now on the server offers all three, so that clients ask for what is added.
    pub fn items(&self) -> Items {
        self.parts.items.hold();
        self.parts.items.clone()
    }

    /// Returns a handle that tells clients about changes from outside of a call, while the server runs.
    ///
    /// It may be called before the server runs: the handle is the same one then. Changes that are
    /// notified while nobody listens are not kept.
    pub fn notifier(&self) -> Notifier {
        Notifier::new(self.parts.changes.clone())
    }

    /// Ends what this server serves from outside, in order, also after the server has been made into something else:
    /// see [`Server::into_router`].
    pub fn shutdown_handle(&self) -> ShutdownHandle {
        ShutdownHandle::new(self.parts.drain.clone())
    }
}
