//! Notifications of changes from outside of a call.

use crate::changes::{Change, Changes, List};

/// Notifies subscribed clients of changes. Clones can be used from any thread or task, before and after the server
/// starts.
///
/// A change that recurs before a client has read its notification is sent once.
///
/// ```
/// use mcp_runtime::Server;
///
/// let server = Server::new("files", "1.0.0");
/// let notifier = server.notifier();
/// std::thread::spawn(move || notifier.resource_updated("file:///etc/motd"));
/// ```
#[derive(Clone, Debug)]
pub struct Notifier(Changes);

impl Notifier {
    pub(crate) fn new(changes: Changes) -> Self {
        Self(changes)
    }

    /// Notifies clients that the list of tools has changed.
    ///
    /// Only needed if a list depends on something that the runtime cannot see, such as a rule of `visible_if`;
    /// [`Items`](crate::Items) notifies of its own changes.
    pub fn tools_changed(&self) {
        self.0.publish(&Change::List(List::Tools));
    }

    /// Notifies clients that the list of prompts has changed.
    pub fn prompts_changed(&self) {
        self.0.publish(&Change::List(List::Prompts));
    }

    /// Notifies clients that the list of resources, or that of templates, has changed.
    pub fn resources_changed(&self) {
        self.0.publish(&Change::List(List::Resources));
    }

    /// Forgets the results cached by the key `cache` for the tools, resources and prompts called `name`, the name that
    /// clients see, for all callers and on all instances.
    ///
    /// A running call continues, and its result is not cached. The other instances are notified as of a change; until then
    /// they may use their cached results.
    ///
    /// ```
    /// # use mcp_runtime::{Context, tool};
    /// /// Sets the price of an article.
    /// #[tool]
    /// async fn set_price(cx: &Context, article: String, price: f64) {
    ///     // ..
    ///     cx.notifier().forget("price");
    /// }
    /// ```
    pub fn forget(&self, name: &str) {
        self.0.forget(name);
    }

    /// Notifies clients that the resource at `uri` has changed: those that subscribed to `uri`, or to a parent of it,
    /// such as `file:///logs` for `file:///logs/today`.
    ///
    /// Subscribers that may not read the resource are not notified. In 2026-07-28 they subscribe by
    /// `subscriptions/listen`, in sessions by `resources/subscribe`. A URI without subscribers costs a few look-ups.
    pub fn resource_updated(&self, uri: impl AsRef<str>) {
        self.0.publish(&Change::Resource(uri.as_ref().into()));
    }
}
