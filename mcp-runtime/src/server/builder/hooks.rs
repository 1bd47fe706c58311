//! Functions of the program that run at startup, at shutdown, and for `/ready`.

use std::pin::Pin;
use std::sync::Arc;

use super::Server;
use crate::handler::call::inject::State;
use crate::ops::health::Check;
use crate::ops::hook::Hook;

/// The future of a check for `Server::ready`, or of a hook for `Server::on_start`, which may borrow the state.
type HookFuture<'a> = Pin<Box<dyn Future<Output = std::result::Result<(), String>> + Send + 'a>>;

impl<S: State> Server<S> {
    /// Adds a dependency that `/ready` checks: `.ready("database", |app| Box::pin(async { .. }))`.
    ///
    /// Checks run concurrently, for at most 2 s each; results are kept for 1 s.
    pub fn ready(
        mut self,
        name: &'static str,
        check: impl for<'a> Fn(&'a S) -> HookFuture<'a> + Send + Sync + 'static,
    ) -> Self {
        self.add_check(name, check, false);
        self
    }

    /// Adds an optional dependency: while it fails, `/health` reports `degraded`, and `/ready` still returns 200.
    pub fn ready_optional(
        mut self,
        name: &'static str,
        check: impl for<'a> Fn(&'a S) -> HookFuture<'a> + Send + Sync + 'static,
    ) -> Self {
        self.add_check(name, check, true);
        self
    }

    /// Adds a function that runs when the server starts, before the first call and before `/ready` returns 200:
    /// `.on_start("database", |app| Box::pin(async { .. }))`.
    ///
    /// Functions run one after the other, in the order in which they were added. An error, or a panic, stops the start
    /// with its text; later functions do not run, nor does any function of [`Server::on_stop`]. Behind
    /// [`Server::into_router`] they begin immediately if there is a tokio runtime, otherwise with the first request;
    /// requests wait for them, and get 503 if one has failed.
    pub fn on_start(
        mut self,
        name: &'static str,
        hook: impl for<'a> Fn(&'a S) -> HookFuture<'a> + Send + Sync + 'static,
    ) -> Self {
        let hook = self.hook(name, hook);
        self.parts.start.push(hook);
        self
    }

    /// Adds a function that runs when the server stops, after the last call.
    ///
    /// Functions run one after the other, the last one first, within the rest of the
    /// [deadline](Server::shutdown_deadline) and for at least one second. An error, a panic or a timeout is logged,
    /// and the shutdown continues. Behind [`Server::into_router`],
    /// [`ShutdownHandle::shutdown`](crate::ShutdownHandle::shutdown) runs them.
    pub fn on_stop(
        mut self,
        name: &'static str,
        hook: impl for<'a> Fn(&'a S) -> HookFuture<'a> + Send + Sync + 'static,
    ) -> Self {
        let hook = self.hook(name, hook);
        self.parts.stop.push(hook);
        self
    }

    fn add_check(
        &mut self,
        name: &'static str,
        check: impl for<'a> Fn(&'a S) -> HookFuture<'a> + Send + Sync + 'static,
        is_optional: bool,
    ) {
        let hook = self.hook(name, check);
        self.parts.checks.push(Check { hook, is_optional });
    }

    /// Binds a function to the state.
    fn hook(
        &self,
        name: &'static str,
        run: impl for<'a> Fn(&'a S) -> HookFuture<'a> + Send + Sync + 'static,
    ) -> Hook {
        let (state, run) = (Arc::clone(&self.state), Arc::new(run));
        Hook {
            name: name.to_owned(),
            run: Box::new(move || {
                let (state, run) = (Arc::clone(&state), Arc::clone(&run));
                Box::pin(async move { run(&state).await })
            }),
        }
    }
}
