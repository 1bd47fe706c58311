//! The hosts, origins and proxies through which clients reach a server.

use crate::config::contact;
use crate::handler::call::inject::State;
use crate::server::builder::Server;

impl<S: State> Server<S> {
    /// Adds a URL under which clients reach the server: allows its host and origin. Default: loopback and IP addresses.
    ///
    /// An absolute URL without user, password, query, fragment and wildcards; any other one stops the start. If
    /// clients use several URLs, each is added by a separate call.
    ///
    /// Key `server.public_url`, variable `MCP_PUBLIC_URL` (several are separated by commas), flag
    /// `--public-url`; changed by a reload. A layer replaces the list of the layer below.
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.parts.settings.public_urls.push(url.into());
        self
    }

    /// Sets host names of the server in addition to [`Server::public_url`], such as a service's name in a cluster.
    ///
    /// A text that is not a host name, or has a port, stops the start.
    ///
    /// A request with any other `Host` is refused, which prevents DNS rebinding: a page whose own name resolves to
    /// this machine. Key `server.allowed_hosts`, variable `MCP_SERVER_ALLOWED_HOSTS`; changed by a reload.
    pub fn allowed_hosts(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.parts.settings.allowed_hosts = names.into_iter().map(Into::into).collect();
        self
    }

    /// Sets origins whose pages may call the server from a browser: `"https://app.example.com"`. Loopback and the
    /// server's own origin are always allowed.
    ///
    /// An origin has a scheme, a host, and a port unless it is the scheme's own; anything else stops the start.
    ///
    /// Key `server.cors_origins`, variable `MCP_SERVER_CORS_ORIGINS`; changed by a reload. There is no wildcard, since
    /// any page could then call the server in the name of its visitor.
    pub fn cors_origins(mut self, origins: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.parts.settings.cors_origins = origins.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the networks of proxies whose `Forwarded` or `X-Forwarded-For` is trusted: `["10.0.0.0/8"]`. Default:
    /// none.
    ///
    /// Limits by address then apply to the caller's address, which is read from the right up to the first address
    /// outside of these networks. A text that is not a network in CIDR form stops the start.
    ///
    /// Key `server.trusted_proxies`, variable `MCP_SERVER_TRUSTED_PROXIES`; read at startup. A single IP address is
    /// the network of that address.
    pub fn trusted_proxies(
        mut self,
        networks: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.parts.settings.trusted_proxies = networks.into_iter().map(Into::into).collect();
        self
    }

    /// Serves `/.well-known/security.txt` (RFC 9116) with this contact: an email address, or a URI such as
    /// `https://example.com/security`. Default: not served.
    ///
    /// Anything else stops the start.
    ///
    /// Key `server.security_contact`, variable `MCP_SERVER_SECURITY_CONTACT`; read at startup.
    pub fn security_contact(mut self, contact: impl Into<String>) -> Self {
        self.parts.settings.security_contact = Some(contact::uri(contact.into()));
        self
    }
}
