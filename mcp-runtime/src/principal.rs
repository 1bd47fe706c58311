//! The caller of a request.

use std::sync::Arc;

use serde_json::{Map, Value};

/// The verified caller of a request: its subject, scopes and claims; anonymous where nothing was verified.
///
/// Take it by reference (`who: &Principal`), or ask [`Context::principal`](crate::Context::principal).
///
/// Nothing here verifies a caller. A layer in front of the endpoint does, and leaves the principal in the request's
/// extensions, which is where it is looked for:
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
#[derive(Clone, Debug, Default)]
pub struct Principal(Option<Arc<Verified>>);

#[derive(Debug)]
struct Verified {
    subject: Arc<str>,
    scopes: Vec<String>,
    claims: Map<String, Value>,
}

impl Principal {
    /// A caller of whom nothing is known.
    pub const fn anonymous() -> Self {
        Self(None)
    }

    /// The caller called `subject`, holding `scopes`.
    pub fn new(
        subject: impl Into<Arc<str>>,
        scopes: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let scopes = scopes.into_iter().map(Into::into).collect();
        Self(Some(Arc::new(Verified {
            subject: subject.into(),
            scopes,
            claims: Map::new(),
        })))
    }

    /// The same caller with the claims of its token.
    #[must_use]
    pub fn with_claims(self, claims: Map<String, Value>) -> Self {
        Self(self.0.map(|it| {
            Arc::new(Verified {
                subject: it.subject.clone(),
                scopes: it.scopes.clone(),
                claims,
            })
        }))
    }

    /// The verified name; `None` for an anonymous caller.
    pub fn subject(&self) -> Option<&str> {
        self.0.as_ref().map(|it| &*it.subject)
    }

    /// Returns `true` if the caller is not authenticated.
    pub fn is_anonymous(&self) -> bool {
        self.0.is_none()
    }

    /// The scopes that the caller's token grants.
    pub fn scopes(&self) -> &[String] {
        self.0.as_ref().map_or(&[], |it| &it.scopes)
    }

    /// Returns `true` if the caller's token grants `scope`.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().iter().any(|granted| granted == scope)
    }

    /// The claim called `name`.
    pub fn claim(&self, name: &str) -> Option<&Value> {
        self.0.as_ref().and_then(|it| it.claims.get(name))
    }

    /// The key under which limits count this caller; all anonymous callers share one.
    pub(crate) fn key(&self) -> Option<Arc<str>> {
        self.0.as_ref().map(|it| it.subject.clone())
    }
}
