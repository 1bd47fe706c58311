//! Handles that the program keeps while the server runs.

use super::Server;
use crate::changes::notifier::Notifier;
use crate::handler::call::inject::State;
use crate::registry::items::Items;
use crate::server::shutdown::ShutdownHandle;

impl<S: State> Server<S> {
    /// Returns the handle that adds and removes tools, resources and prompts, before the server is built and while it
    /// runs. From now on the server declares all three, so that clients request the lists.
    pub fn items(&self) -> Items {
        self.parts.items.hold();
        self.parts.items.clone()
    }

    /// Returns a handle that notifies clients of changes from outside of a call.
    ///
    /// It may be obtained before the server runs, and remains valid. Changes that are published without subscribers
    /// are not kept.
    pub fn notifier(&self) -> Notifier {
        Notifier::new(self.parts.changes.clone())
    }

    /// Returns the handle that shuts this server down from outside, also after it was converted: see
    /// [`Server::into_router`].
    pub fn shutdown_handle(&self) -> ShutdownHandle {
        ShutdownHandle::new(self.parts.drain.clone())
    }
}
