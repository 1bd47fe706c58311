//! Mounting another server under a prefix.
//!
//! Each entry keeps the `Arc` of its own state, so that servers with different states can be mounted.

use super::Server;
use crate::handler::call::inject::State;
use crate::ops::health::Check;
use crate::ops::hook::Hook;

impl<S: State> Server<S> {
    /// Adds another server's tools, resources, prompts and checks under `prefix.`; URIs and skills are unchanged.
    ///
    /// The other server keeps its state; its name, its instructions and its settings are not used. Some clients do not
    /// accept a `.` in the name of a tool: the command `check` names them.
    ///
    /// ```no_run
    /// # use mcp_runtime::{Server, tool, tools};
    /// # /// Pays. #[doc = ""]
    /// # #[tool] async fn pay() {}
    /// let billing = Server::new("billing", "1.0.0").tools(tools![pay]);
    /// let shop = Server::new("shop", "1.0.0").mount("billing", billing); // the tool is `billing.pay`
    /// ```
    pub fn mount<T: State>(mut self, prefix: impl AsRef<str>, other: Server<T>) -> Self {
        let prefix = prefix.as_ref();
        other.parts.changes.forward_to(&self.parts.changes);
        other.parts.items.mount_in(&self.parts.items, prefix);
        self.parts
            .checks
            .extend(other.parts.checks.into_iter().map(|check| Check {
                hook: check.hook.under(prefix),
                ..check
            }));
        let under = |hook: Hook| hook.under(prefix);
        self.parts
            .start
            .extend(other.parts.start.into_iter().map(under));
        self.parts
            .stop
            .extend(other.parts.stop.into_iter().map(under));
        self.parts.skills.append(other.parts.skills);
        self
    }
}
