//! Settings for a server that listens itself.

use crate::handler::call::inject::State;
use crate::server::builder::Server;
use crate::tls::Tls;

impl<S: State> Server<S> {
    /// Encrypts connections of [`Server::serve_http`] with TLS. Plain connections are not served then.
    ///
    /// A file that is missing or unusable stops the start. [`Server::into_router`] leaves TLS to the application.
    pub fn tls(mut self, tls: Tls) -> Self {
        self.parts.settings.tls = Some(tls);
        self
    }

    /// Encrypts connections of [`Server::serve_http`] with a configuration of rustls; see [`Tls::config`].
    pub fn tls_config(
        self,
        config: impl Into<std::sync::Arc<crate::rustls::ServerConfig>>,
    ) -> Self {
        self.tls(Tls::config(config))
    }
}
