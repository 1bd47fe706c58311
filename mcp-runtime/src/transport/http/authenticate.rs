//! Authentication in front of the endpoint: from the head of a request to its principal, or to a refusal with a
//! challenge.
//!
//! Invariants: no credential leaves this file; wrong credentials are refused even if anonymous callers are allowed.
//!
//! Order: credentials are read from the head ([`Credentials`]); the verifiers decide; a request with credentials that
//! no verifier recognizes is refused, since a caller with credentials must not silently be anonymous; a request
//! without any is refused unless callers may be anonymous, or a layer in front has inserted a [`Principal`]. All of
//! this precedes the body, so that a stranger costs a head.
//!
//! A refusal has a status (400, 401 or 503), a text, and a `WWW-Authenticate` challenge that names the metadata of the
//! resource (RFC 9728, section 5.1), the scopes to request, and the error (RFC 6750, section 3). It is counted by
//! reason, and audited at a limited rate, so that guessing does not fill the disk.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::{OriginalUri, Request};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;

use super::response::RequiredScopes;
use super::sender::{self, Peer, Sender};
use super::{Endpoint, PATH};
use crate::auth::challenge::Challenge;
use crate::auth::public_urls::PublicUrls;
use crate::auth::throttle::Throttle;
use crate::auth::{Authenticate, Credentials, Decision, Features, Reason, Refusal};
use crate::handler::Principal;
use crate::protocol::RpcError;
use crate::service::Service;

/// The nonce of the next proof (RFC 9449, section 8.1).
const NONCE: HeaderName = HeaderName::from_static("dpop-nonce");
/// The algorithms of proofs.
pub(super) const PROOF_ALGORITHMS: &str = "ES256 ES384 EdDSA RS256 PS256";

/// The verification of the callers of one endpoint.
#[derive(Debug)]
pub(super) struct Gate {
    verifier: Arc<dyn Authenticate>,
    required: bool,
    headers: Vec<HeaderName>,
    /// The authorization servers in the metadata; empty if it is not served.
    servers: Vec<String>,
    public_urls: PublicUrls,
    throttle: Throttle,
}

impl Endpoint {
    /// Verifies the sender of a request without a body.
    pub(super) async fn admit(&self, request: Request) -> Result<Sender, Response> {
        let (mut parts, _) = request.into_parts();
        if let Some(gate) = &self.gate {
            gate.admit(self, &mut parts, None).await?;
        }
        Ok(Sender::from_parts(parts, None))
    }

    /// Verifies the sender of a request without a body, and counts the request.
    pub(super) async fn receive(&self, request: Request) -> Result<Sender, Response> {
        let sender = self.admit(request).await?;
        self.count(&sender).await.map_err(|refused| *refused)?;
        Ok(sender)
    }
}

impl Gate {
    /// The gate of a server that verifies its callers.
    ///
    /// Challenges name the metadata if there are `documents`: routes that serve it.
    pub(super) fn new(service: &Service, documents: bool) -> Option<Self> {
        let settings = &service.settings;
        let verifier = Arc::clone(&service.auth.as_ref()?.verifier);
        Some(Self {
            headers: verifier.headers(),
            servers: if documents {
                verifier.authorization_servers()
            } else {
                Vec::new()
            },
            required: settings.auth.required,
            public_urls: PublicUrls::new(&settings.public_urls, PATH),
            throttle: Throttle::default(),
            verifier,
        })
    }

    /// Inserts the principal of a request into its extensions, or returns the response that refuses it.
    pub(super) async fn admit(
        &self,
        endpoint: &Endpoint,
        parts: &mut Parts,
        own: Option<Peer>,
    ) -> Result<(), Response> {
        match self.verify(parts).await {
            Ok(Some(principal)) => {
                parts.extensions.insert(principal);
                self.hide(parts);
                Ok(())
            }
            Ok(None) => Ok(()),
            Err(refusal) => Err(self.refuse(endpoint, parts, own, &refusal)),
        }
    }

    /// Returns the principal of a request; `None` if that of a layer in front, or an anonymous one, is accepted.
    async fn verify(&self, parts: &Parts) -> Result<Option<Principal>, Refusal> {
        let resources = self.resources(parts);
        let credentials = Credentials::read(parts, &self.headers, &resources)?;
        match self.verifier.authenticate(&credentials).await {
            Decision::Verified(principal) => Ok(Some(principal)),
            Decision::Refused(refusal) => Err(refusal),
            Decision::Unrecognized if credentials.is_presented() => Err(Refusal::new(
                Reason::Unrecognized,
                "credentials of this kind are not accepted here; send `Authorization: Bearer` with a token or a key",
            )),
            Decision::Unrecognized if !self.required || is_verified(parts) => Ok(None),
            Decision::Unrecognized => Err(Refusal::new(
                Reason::Missing,
                "this server needs to know its callers; send `Authorization: Bearer` with a token or a key",
            )),
        }
    }

    fn resources(&self, parts: &Parts) -> Cow<'_, [String]> {
        let path = path(parts);
        if path == PATH {
            return Cow::Borrowed(self.public_urls.plain());
        }
        Cow::Owned(self.public_urls.at(path))
    }

    /// Hides credentials in the `Debug` output of a verified request's headers.
    fn hide(&self, parts: &mut Parts) {
        for name in &self.headers {
            if let Some(value) = parts.headers.get_mut(name) {
                value.set_sensitive(true);
            }
        }
    }

    /// Returns true if the caller of a request may read protected details.
    ///
    /// Used by `/ready` and `/health`, which respond to all, but show error texts only to verified callers. Wrong
    /// credentials are recorded, missing ones are not.
    pub(super) async fn knows(&self, endpoint: &Endpoint, parts: &Parts) -> bool {
        match self.verify(parts).await {
            Ok(_) => true,
            Err(refusal) => {
                if !matches!(refusal.reason(), Reason::Missing) {
                    self.record(endpoint, parts, None, &refusal);
                }
                false
            }
        }
    }

    /// Counts a refusal, and writes an audit record.
    fn record(&self, endpoint: &Endpoint, parts: &Parts, own: Option<Peer>, refusal: &Refusal) {
        let service = &endpoint.service;
        service.metrics.unverified(refusal);
        if self.throttle.admits(refusal.reason()) {
            let peer = own.map(|Peer(address)| address);
            let peer = peer.or_else(|| sender::peer(&parts.extensions));
            service.audit.unverified(refusal.reason().as_str(), peer);
        }
    }

    fn refuse(
        &self,
        endpoint: &Endpoint,
        parts: &Parts,
        own: Option<Peer>,
        refusal: &Refusal,
    ) -> Response {
        self.record(endpoint, parts, own, refusal);
        let error = RpcError::invalid_request(refusal.message().to_owned());
        let mut response = endpoint.refuse(error.with_status(refusal.status()));
        if refusal.status() != 503
            && let Some(challenge) = self.challenge(endpoint, parts, refusal)
        {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Some(Ok(nonce)) = refusal.nonce().map(HeaderValue::try_from) {
            response.headers_mut().insert(NONCE, nonce);
        }
        response
    }

    /// The challenge of a refusal: the metadata, the scopes to request, and the error.
    fn challenge(
        &self,
        endpoint: &Endpoint,
        parts: &Parts,
        refusal: &Refusal,
    ) -> Option<HeaderValue> {
        let metadata = self.metadata(parts);
        let scopes = endpoint.service.registry.read().scopes().join(" ");
        let scopes = metadata.is_some().then_some(&*scopes);
        let described = refusal.error().map(|_| refusal.message());
        let scheme = refusal.scheme();
        let algorithms = (scheme == "DPoP").then_some(PROOF_ALGORITHMS);
        Challenge::new(scheme)
            .with("resource_metadata", metadata.as_deref())
            .with("scope", scopes)
            .with("error", refusal.error())
            .with("error_description", described)
            .with("algs", algorithms)
            .header()
    }

    pub(super) fn features(&self) -> Features {
        self.verifier.features()
    }

    /// Returns `true` if there is metadata, by which clients find the authorization servers.
    pub(super) fn is_described(&self) -> bool {
        !self.public_urls.plain().is_empty() && !self.servers.is_empty()
    }

    pub(super) fn authorization_servers(&self) -> &[String] {
        &self.servers
    }

    /// The URL of the metadata for a request of the endpoint.
    pub(super) fn metadata(&self, parts: &Parts) -> Option<String> {
        if !self.is_described() {
            return None;
        }
        let resource = self.public_urls.resource(host(parts), path(parts))?;
        self.public_urls.metadata(&resource)
    }

    /// The URL of the endpoint whose metadata is requested.
    pub(super) fn described(&self, parts: &Parts) -> Option<String> {
        let path = self.public_urls.described(path(parts))?;
        self.public_urls.resource(host(parts), &path)
    }
}

/// Adds the challenge to the response to a call without the required scopes (RFC 6750, section 3.1).
pub(super) fn challenged(mut response: Response, metadata: Option<&str>) -> Response {
    let Some(RequiredScopes(scopes)) = response.extensions_mut().remove() else {
        return response;
    };
    let challenge = Challenge::new("Bearer")
        .with("error", Some("insufficient_scope"))
        .with("scope", Some(&scopes))
        .with("resource_metadata", metadata);
    if let Some(challenge) = challenge.header() {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

/// Returns `true` if a layer in front has verified the caller.
fn is_verified(parts: &Parts) -> bool {
    parts.extensions.get::<Principal>().is_some()
}

/// The path of a request as its client sent it, with the prefixes that routers in front have removed.
fn path(parts: &Parts) -> &str {
    let original = parts.extensions.get::<OriginalUri>();
    original.map_or(parts.uri.path(), |OriginalUri(uri)| uri.path())
}

fn host(parts: &Parts) -> Option<&str> {
    let header = parts.headers.get(header::HOST);
    let header = header.and_then(|host| host.to_str().ok());
    header.or(parts.uri.authority().map(Authority::as_str))
}
