//! The page to try a server in a browser.

#[cfg(feature = "page")]
use crate::config::Page;
use crate::handler::call::inject::State;
use crate::server::builder::Server;

impl<S: State> Server<S> {
    /// Sets whether the page to try the server in a browser is served, at `/` and below `/page/`.
    ///
    /// Unless the program or the settings (`server.page`, `--page`) decide, a debug build that listens itself serves
    /// it, and a release build does not. A router to merge into an application has it only if it is enabled here or by
    /// the setting `always`, as the application may have a page of its own.
    ///
    /// Every caller that reaches the server can load the page, which contains only itself: its data is read from
    /// `/mcp` with the caller's own credentials, and so is protected as any call. The limits in force are served at
    /// `/page/limits`: to verified callers, or to all if the server verifies none.
    pub fn page(mut self, served: bool) -> Self {
        self.parts.settings.page = if served { Page::Always } else { Page::Never };
        self
    }
}
