//! The page to try a server in a browser.

#[cfg(feature = "page")]
use crate::config::Page;
use crate::handler::call::inject::State;
use crate::server::builder::Server;

impl<S: State> Server<S> {
    /// Serves the page to try the server in a browser, at `/` and below `/page/`, or never does.
    ///
    /// Without a word of the program or the settings (`server.page`, `--page`) a debug build that listens itself has it, and a
    /// release build does not. A router to merge into an application has it only if it is asked for here or by a setting of
    /// `always`, as the application may have a page of its own.
    ///
    /// Every caller that reaches the server can load the page, which has nothing but itself: what it shows is read from
    /// `/mcp` with the caller's own credentials, and so is guarded as any call. Limits in force are told besides, at
    /// `/page/limits`: to callers that the server has verified, or to all where it verifies none.
    pub fn page(mut self, served: bool) -> Self {
        self.parts.settings.page = if served { Page::Always } else { Page::Never };
        self
    }
}
