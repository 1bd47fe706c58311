//! Authentication: from the credentials of a request to the [`Principal`] of its caller.
//!
//! A server verifies its callers with [`Server::auth`](crate::Server::auth), on the MCP endpoint over HTTP: before the
//! body of a request is read, and before its revision is known. `/healthz` and `/ready` stay open to all. A server over
//! stdio has one caller, the process that has started it, and needs no authentication; there the setting has no effect.
//!
//! | verifier | credentials |
//! |---|---|
//! | [`ApiKeys`] | a key in `Authorization: Bearer` or `x-api-key` |
//! | `Jwt::issuer` (feature `auth`) | an access token of an OAuth 2.1 or OpenID issuer, in `Authorization: Bearer`, or in `Authorization: DPoP` with a proof |
//! | `Jwt::secret` (feature `auth`) | a token that is signed with a shared secret (HS256) |
//! | `Mtls` (feature `tls`) | a client certificate, which TLS has verified |
//! | any [`Authenticate`] | what it reads from the request |
//!
//! ```
//! use mcp_runtime::Server;
//! use mcp_runtime::auth::{ApiKeys, Authenticate};
//!
//! let keys = ApiKeys::new(["ann:3f9c5a7e1b2d4f6081a3c5e7:orders:read+orders:write"]);
//! let server = Server::new("orders", "1.0.0").auth(keys);
//! assert!(server.check().is_ok());
//! ```
//!
//! A request without credentials is refused with 401 and a `WWW-Authenticate` challenge, unless
//! [`Server::auth_required`](crate::Server::auth_required) lets anonymous callers in; one whose credentials are wrong is
//! refused always. More than one credential, a malformed header, and a token in the URL are refused with 400 (RFC 6750,
//! section 2). Each refusal is counted by its [`Reason`] in `mcp_auth_failures_total{reason=".."}` and recorded under the
//! audit target, at most ten times a second for each reason; no credential is in a log, an error or a metric.
//!
//! The protected-resource metadata (RFC 9728) is served if a verifier has an authorization server and the server a public
//! URL, at `/.well-known/oauth-protected-resource` and below it at the path of the endpoint; challenges name its URL,
//! and the scopes of everything that is visible to all. A call without the scopes of its tool is refused with 403 and
//! the challenge `insufficient_scope`. [`Server::into_service`](crate::Server::into_service) is the endpoint alone,
//! without metadata.
//!
//! The server never sees refresh tokens, and takes no part in PKCE: both are between the client and the authorization
//! server.
#![doc = include_str!("reference.md")]

mod api_key;
mod chain;
pub(crate) mod challenge;
mod credentials;
#[cfg(feature = "auth")]
mod jwt;
#[cfg(feature = "tls")]
mod mtls;
pub(crate) mod public_urls;
mod reason;
mod refusal;
pub(crate) mod settings;
pub(crate) mod throttle;

use std::fmt::Debug;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use axum::http::{HeaderName, header};

pub use api_key::ApiKeys;
pub use chain::Or;
pub use credentials::Credentials;
#[cfg(feature = "auth")]
pub use jwt::{Jwt, SigningAlgorithm};
#[cfg(feature = "tls")]
pub use mtls::Mtls;
pub use reason::Reason;
pub use refusal::Refusal;

use crate::principal::Principal;

/// A verifier of callers.
///
/// ```
/// use mcp_runtime::Principal;
/// use mcp_runtime::auth::{Authenticate, Credentials, Decision, Deciding, Reason, Refusal};
///
/// /// Callers by a header that the gateway in front sets.
/// #[derive(Debug)]
/// struct Gateway;
///
/// impl Authenticate for Gateway {
///     fn headers(&self) -> Vec<mcp_runtime::axum::http::HeaderName> {
///         vec![mcp_runtime::axum::http::HeaderName::from_static("x-user")]
///     }
///
///     fn authenticate<'a>(&'a self, credentials: &'a Credentials<'a>) -> Deciding<'a> {
///         Box::pin(async move {
///             match credentials.header("x-user") {
///                 None => Decision::Unrecognized,
///                 Some("") => Decision::Refused(Refusal::new(Reason::Malformed, "`x-user` is empty")),
///                 Some(user) => Decision::Verified(Principal::new(user, ["orders:read"]).with_issuer("gateway")),
///             }
///         })
///     }
/// }
/// ```
pub trait Authenticate: Debug + Send + Sync + 'static {
    /// Decides about the credentials of one request.
    fn authenticate<'a>(&'a self, credentials: &'a Credentials<'a>) -> Deciding<'a>;

    /// The headers that hold credentials of this verifier; a request may have one of them. Default: `Authorization`.
    fn headers(&self) -> Vec<HeaderName> {
        vec![header::AUTHORIZATION]
    }

    /// The authorization servers (issuers) whose tokens are accepted, for the protected-resource metadata (RFC 9728).
    fn authorization_servers(&self) -> Vec<String> {
        Vec::new()
    }

    /// The features that the metadata names, and that other verifiers need to know.
    #[doc(hidden)]
    fn features(&self) -> Features {
        Features::default()
    }

    /// Lists the faults that prevent a start; `resources` are the URLs of the endpoint, one for each public URL.
    fn faults(&self, resources: &[String]) -> Vec<String> {
        let _ = resources;
        Vec::new()
    }

    /// Prepares for the first request, such as by fetching keys. An error stops the start.
    fn start(&self) -> Starting<'_> {
        Box::pin(async { Ok(()) })
    }

    /// Reads files and variables of credentials again, and returns the function that applies them. An error is the
    /// reason.
    fn reload(&self) -> Result<Reloaded, String> {
        Ok(Box::new(|| ()))
    }

    /// Lists the files whose change triggers a reload.
    fn files(&self) -> Vec<PathBuf> {
        Vec::new()
    }

    /// Accepts a caller that either verifier accepts, trying `self` first.
    ///
    /// The second verifier is tried if the first does not recognize the credentials or refuses them.
    fn or<B: Authenticate>(self, other: B) -> Or<Self, B>
    where
        Self: Sized,
    {
        Or::new(self, other)
    }
}

/// Forwards to the shared verifier.
impl<T: Authenticate + ?Sized> Authenticate for Arc<T> {
    fn authenticate<'a>(&'a self, credentials: &'a Credentials<'a>) -> Deciding<'a> {
        (**self).authenticate(credentials)
    }

    fn headers(&self) -> Vec<HeaderName> {
        (**self).headers()
    }

    fn authorization_servers(&self) -> Vec<String> {
        (**self).authorization_servers()
    }

    fn features(&self) -> Features {
        (**self).features()
    }

    fn faults(&self, resources: &[String]) -> Vec<String> {
        (**self).faults(resources)
    }

    fn start(&self) -> Starting<'_> {
        (**self).start()
    }

    fn reload(&self) -> Result<Reloaded, String> {
        (**self).reload()
    }

    fn files(&self) -> Vec<PathBuf> {
        (**self).files()
    }
}

/// The features of a verifier.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Features {
    /// Tokens are signed by a shared secret.
    pub(crate) shared_secret: bool,
    /// Tokens may be bound to a key, and then come with a proof (RFC 9449).
    pub(crate) proofs: bool,
    /// Tokens must be bound.
    pub(crate) bound: bool,
}

/// The future of a [`Decision`].
pub type Deciding<'a> = Pin<Box<dyn Future<Output = Decision> + Send + 'a>>;

/// Applies credentials that have been read again.
pub type Reloaded = Box<dyn FnOnce() + Send>;

/// The future of [`Authenticate::start`].
pub type Starting<'a> = Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;

/// The decision of a verifier about the credentials of one request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Decision {
    /// The credentials are not of a kind that the verifier knows, or there are none.
    Unrecognized,
    /// The request is made by this caller.
    Verified(Principal),
    /// The credentials are of a known kind, and wrong.
    Refused(Refusal),
}
