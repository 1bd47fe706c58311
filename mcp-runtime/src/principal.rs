//! The caller of a request.
//!
//! The identity ([`Key`]: issuer and subject) is separate from the grants of the token (scopes, claims, expiry). State
//! kept for a caller (a session, a task, a share of a limit, a cache entry) is kept under the key, so that a renewed
//! token finds it again; decisions (scopes, `visible_if`) use the grants of the current request. A clone shares one
//! allocation.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};
use tokio::time::Instant;

use crate::seal::Subject;

/// The verified caller of a request: its subject, scopes and claims. Anonymous if the caller was not verified.
///
/// Take it by reference (`who: &Principal`), or call [`Context::principal`](crate::Context::principal).
///
/// This type does not verify a caller. A layer in front of the endpoint does, and inserts the principal into the
/// extensions of the request:
///
/// ```
/// use mcp_runtime::axum::{extract::Request, middleware, middleware::Next, response::Response};
/// use mcp_runtime::{Principal, Server};
///
/// async fn verified(mut request: Request, next: Next) -> Response {
///     // after the token has been verified
///     request.extensions_mut().insert(Principal::new("ann", ["orders:read"]));
///     next.run(request).await
/// }
///
/// let router = Server::new("orders", "1.0.0").into_router().route_layer(middleware::from_fn(verified));
/// ```
///
/// A caller is its issuer and its subject together: sessions, caches, tasks, sealed states and limits of one issuer's
/// `ann` are not those of another's. A server that trusts several issuers, or one issuer with several tenants, names them
/// by [`with_issuer`](Principal::with_issuer).
///
/// Verifiers of [`auth`](crate::auth) make it of an API key, a token or a client certificate. Over
/// stdio it is always [anonymous](Principal::anonymous): the process that started the server is
/// trusted.
///
/// ```
/// use mcp_runtime::{Principal, tool};
///
/// /// Lists the caller's orders.
/// #[tool(read_only, scopes("orders:read"))]
/// fn orders(who: &Principal) -> String {
///     format!("orders of {}", who.subject().unwrap_or("nobody"))
/// }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Principal(Option<Arc<Verified>>);

#[derive(Clone, Debug)]
struct Verified {
    key: Key,
    scopes: Vec<String>,
    claims: Map<String, Value>,
    expires: Option<Instant>,
}

/// The identity of a caller, without the grants of its token.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub issuer: Option<Arc<str>>,
    pub subject: Arc<str>,
}

impl Principal {
    /// Creates the principal of an unauthenticated caller.
    ///
    /// For limits by caller, anonymous callers are distinguished by their address, where the transport
    /// has one.
    pub const fn anonymous() -> Self {
        Self(None)
    }

    /// Creates the principal with this subject and these scopes.
    ///
    /// The subject must identify the caller: limits, sessions, tasks and the audit log rely on it. Scopes are compared
    /// byte by byte (RFC 6749, section 3.3).
    pub fn new(
        subject: impl Into<Arc<str>>,
        scopes: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let key = Key {
            issuer: None,
            subject: subject.into(),
        };
        Self(Some(Arc::new(Verified {
            key,
            scopes: scopes.into_iter().map(Into::into).collect(),
            claims: Map::new(),
            expires: None,
        })))
    }

    /// Sets the issuer of the caller's token (`iss`, RFC 7519) or its tenant, which makes the subject unique.
    ///
    /// No effect on an anonymous caller.
    #[must_use]
    pub fn with_issuer(self, issuer: impl Into<Arc<str>>) -> Self {
        self.with(|it| it.key.issuer = Some(issuer.into()))
    }

    /// Sets the claims of the caller's token.
    ///
    /// Functions and rules of `visible_if` read them by [`Principal::claim`]; the table
    /// `[rate_limit]` of `mcp.toml` names the claim that has the tier of a caller. They are kept as
    /// long as the principal is. No effect on an anonymous caller.
    ///
    /// ```
    /// use mcp_runtime::{Principal, serde_json::{Map, json}};
    ///
    /// let claims = Map::from_iter([("tier".to_owned(), json!("gold"))]);
    /// let ann = Principal::new("ann", ["orders:read"]).with_claims(claims);
    /// assert_eq!(ann.claim("tier"), Some(&json!("gold")));
    /// ```
    #[must_use]
    pub fn with_claims(self, claims: Map<String, Value>) -> Self {
        self.with(|it| it.claims = claims)
    }

    /// Sets the expiry of the token (`exp`, RFC 7519), at which the streams that the caller has opened end.
    ///
    /// A stream of a verified caller without an expiry ends after a day; the client opens another one.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// # use mcp_runtime::Principal;
    /// let exp = SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000);
    /// let ann = Principal::new("ann", ["orders:read"]).with_issuer("https://id.example").with_expiry(exp);
    /// assert_eq!(ann.issuer(), Some("https://id.example"));
    /// ```
    ///
    /// A time in the past expires immediately. Only streams are affected: a request is verified on arrival and runs to
    /// its end.
    #[must_use]
    pub fn with_expiry(self, at: SystemTime) -> Self {
        let rest = at.duration_since(SystemTime::now()).unwrap_or_default();
        // A time beyond the range of the clock never expires.
        self.with(|it| it.expires = Instant::now().checked_add(rest))
    }

    /// Returns the same caller, verified for this time from now on.
    #[cfg(feature = "auth")]
    pub(crate) fn valid_for(self, time: Duration) -> Self {
        self.with(|it| it.expires = Instant::now().checked_add(time))
    }

    fn with(self, change: impl FnOnce(&mut Verified)) -> Self {
        Self(self.0.map(|it| {
            let mut verified = Arc::unwrap_or_clone(it);
            change(&mut verified);
            Arc::new(verified)
        }))
    }

    /// The verified name; `None` for an anonymous caller.
    pub fn subject(&self) -> Option<&str> {
        self.0.as_ref().map(|it| &*it.key.subject)
    }

    /// The issuer of the caller's token, or its tenant.
    pub fn issuer(&self) -> Option<&str> {
        self.0.as_ref()?.key.issuer.as_deref()
    }

    /// Returns `true` if the caller is not authenticated.
    pub fn is_anonymous(&self) -> bool {
        self.0.is_none()
    }

    /// The scopes that the caller's token grants.
    ///
    /// In the order in which the verifier gave them; empty for an anonymous caller.
    pub fn scopes(&self) -> &[String] {
        self.0.as_ref().map_or(&[], |it| &it.scopes)
    }

    /// Returns `true` if the caller's token grants `scope`.
    ///
    /// Scopes have no hierarchy: `orders` does not grant `orders:read`.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().iter().any(|granted| granted == scope)
    }

    /// The claim called `name`.
    ///
    /// `None` for an anonymous caller, and for a verifier that has no claims, such as that of API
    /// keys.
    pub fn claim(&self, name: &str) -> Option<&Value> {
        self.0.as_ref().and_then(|it| it.claims.get(name))
    }

    /// The key under which everything of this caller is kept; all anonymous callers share `None`.
    pub(crate) fn key(&self) -> Option<Key> {
        self.0.as_ref().map(|it| it.key.clone())
    }

    /// Returns a digest of the key, which no other key has.
    ///
    /// Parts are hashed with their lengths, so that an issuer `a` with the subject `bc` is not an
    /// issuer `ab` with the subject `c`.
    pub(crate) fn digest(&self) -> Subject {
        match self.key() {
            None => Subject::from_parts([&b"anonymous"[..]]),
            Some(Key { issuer, subject }) => match issuer {
                None => Subject::from_parts([&b"principal"[..], subject.as_bytes()]),
                Some(issuer) => {
                    Subject::from_parts([&b"principal"[..], issuer.as_bytes(), subject.as_bytes()])
                }
            },
        }
    }

    /// Returns `true` if the caller's token has expired.
    pub(crate) fn has_expired(&self) -> bool {
        self.expires().is_some_and(|at| at <= Instant::now())
    }

    /// The lease of a stream that this caller opens now.
    pub(crate) fn lease(&self) -> Lease {
        let longest = || Instant::now() + LONGEST_LEASE;
        Lease(self.0.as_ref().map(|it| it.expires.unwrap_or_else(longest)))
    }

    fn expires(&self) -> Option<Instant> {
        self.0.as_ref()?.expires
    }
}

/// The longest life of a stream that a verified caller without an expiry has opened.
const LONGEST_LEASE: Duration = Duration::from_hours(24);

/// The time for which a stream may carry data of its caller; unlimited for an anonymous one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lease(Option<Instant>);

impl Lease {
    /// Waits until it is over.
    pub(crate) async fn over(self) {
        match self.0 {
            Some(at) => tokio::time::sleep_until(at).await,
            None => std::future::pending().await,
        }
    }
}
