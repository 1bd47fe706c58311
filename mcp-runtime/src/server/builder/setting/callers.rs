//! The verification of callers.

use crate::auth::Authenticate;
use crate::handler::call::inject::State;
use crate::server::builder::Server;

impl<S: State> Server<S> {
    /// Verifies the callers of the endpoint over HTTP: `.auth(ApiKeys::env("MCP_API_KEYS"))`. See [`auth`](crate::auth).
    ///
    /// A request whose caller cannot be verified is refused before its body is read. `/healthz` and `/ready` stay open
    /// to all. Over stdio the caller is the process that started the server, and nothing is verified. Another call
    /// adds a verifier, as [`Authenticate::or`] does.
    pub fn auth(mut self, verifier: impl Authenticate) -> Self {
        self.parts.settings.auth.add(verifier);
        self
    }

    /// Sets whether a caller needs credentials where [`Server::auth`] is set. Default: `true`.
    ///
    /// With `false`, callers without credentials are anonymous: they can access items without `scopes` whose
    /// `visible_if` admits them. Wrong credentials are still refused.
    ///
    /// Key `auth.required`, variable `MCP_AUTH_REQUIRED`; read at startup.
    pub fn auth_required(mut self, required: bool) -> Self {
        self.parts.settings.auth.required = required;
        self
    }
}
