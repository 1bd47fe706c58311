//! The texts and links by which a server presents itself to clients.

use super::Server;
use crate::handler::call::inject::State;

impl<S: State> Server<S> {
    /// Sets the instructions: text for models about the server as a whole.
    ///
    /// Sent as `instructions` with `initialize` and `server/discover`. Clients may add the text to the prompt of their
    /// model, so it should be short: the intended order of tools, units, and limits that apply to all of them.
    pub fn instructions(mut self, instructions: impl Into<String>) -> Self {
        self.parts.instructions = Some(instructions.into());
        self
    }

    /// Sets the name for people.
    ///
    /// Sent as `serverInfo.title`; without it, clients show the name.
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
