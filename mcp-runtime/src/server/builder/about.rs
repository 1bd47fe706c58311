//! The texts and links by which a server presents itself to clients.

use super::Server;
use crate::handler::call::inject::State;

impl<S: State> Server<S> {
    /// Sets the instructions: text for models about the server as a whole.
    ///
    /// Sent as `instructions` with `initialize` and `server/discover`. Clients may add the text to
    /// the prompt of their model, so that it is worth keeping short: the order in which tools are
    /// meant to be used, units and limits that hold for all of them.
    pub fn instructions(mut self, instructions: impl Into<String>) -> Self {
        self.parts.instructions = Some(instructions.into());
        self
    }

    /// Sets a name for people.
    ///
    /// Sent as `serverInfo.title`; clients show the name where there is none.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.parts.info.title = Some(title.into());
        self
    }

    /// Sets the server's home page.
    ///
    /// Sent as `serverInfo.websiteUrl`.
    pub fn website_url(mut self, url: impl Into<String>) -> Self {
        self.parts.info.website_url = Some(url.into());
        self
    }
}
