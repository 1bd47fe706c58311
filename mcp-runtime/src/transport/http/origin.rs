//! The sender of a message over HTTP: its session, and its headers, which must match the body.
//!
//! HTTP differs from lines in two respects: a session is found by its header instead of being the connection's own,
//! and headers must match the body. A request whose version header names 2026-07-28 or an unknown revision is modern,
//! even without `_meta`, so that its error names what is missing instead of requiring a session.
//! `_meta`, so that its error tells it what is missing instead of asking for a session.

use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::Response;

use super::Endpoint;
use super::accept::Accepts;
use super::head::Mirrors;
use super::headers::{self, PROTOCOL_VERSION, SESSION_ID};
use super::sender::Sender;
use crate::dispatch::Origin;
use crate::handler::Principal;
use crate::legacy::Session;
use crate::legacy::remote::store_unavailable;
use crate::limits::Limit;
use crate::protocol::{Method, Request, RpcError, Version};
use crate::share::Holder;

/// The delay after which a request may be sent again if its session cannot be looked up.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// One request to the endpoint.
pub(super) struct Incoming<'a> {
    endpoint: &'a Endpoint,
    sender: &'a Sender,
    mirrors: Mirrors<'a>,
    accepts: Accepts,
}

impl<'a> Incoming<'a> {
    pub(super) fn new(endpoint: &'a Endpoint, sender: &'a Sender, accepts: Accepts) -> Self {
        Self {
            endpoint,
            sender,
            mirrors: Mirrors::read(&sender.headers),
            accepts,
        }
    }
}

impl Origin for Incoming<'_> {
    fn principal(&self) -> &Principal {
        self.sender.principal()
    }

    fn holder(&self) -> Holder {
        self.sender.holder()
    }

    fn version(&self) -> Version {
        header_version(&self.sender.headers).unwrap_or(Version::LATEST)
    }

    fn is_modern(&self) -> bool {
        names_other_version(&self.sender.headers)
    }

    fn session(&self) -> Result<Option<Arc<Session>>, RpcError> {
        let headers = &self.sender.headers;
        if names_other_version(headers) || !headers.contains_key(&SESSION_ID) {
            return Ok(None);
        }
        self.endpoint.session(self.sender).map(Some)
    }

    fn keep(&self, session: Session) -> Result<Option<String>, RpcError> {
        match self.endpoint.sessions.insert(session) {
            Some(id) => Ok(Some(id)),
            None => Err(RpcError::internal(format!(
                "too many open sessions: all {} are in use; end one with DELETE, or try again later",
                self.endpoint.sessions.most()
            ))
            .with_status(503)
            .over(Limit::Sessions)),
        }
    }

    fn without_session(&self) -> RpcError {
        no_session()
    }

    fn check_version(&self, version: &str) -> Result<(), RpcError> {
        if self.mirrors.version.is(version.as_bytes()) {
            return Ok(());
        }
        headers::same_version(&self.sender.headers, version)
    }

    fn check_method(&self, request: &Request) -> Result<(), RpcError> {
        if self.mirrors.method.is(request.method.as_str().as_bytes()) {
            return Ok(());
        }
        headers::same_method(&self.sender.headers, request)
    }

    fn check_request(&self, request: &Request) -> Result<(), RpcError> {
        let headers = &self.sender.headers;
        headers::same_params(&self.endpoint.service, headers, self.mirrors.name, request)?;
        if request.method == Method::SubscriptionsListen && !self.accepts.stream {
            return Err(Accepts::refusal("`Accept` must list text/event-stream"));
        }
        Ok(())
    }

    fn check_response(&self) -> Result<(), RpcError> {
        Err(RpcError::invalid_request(
            "a client sends requests here, not responses",
        ))
    }
}

impl Endpoint {
    /// Looks up the session in the headers, if other instances may know it; returns the response if that fails.
    pub(super) async fn look_up(&self, sender: &Sender) -> Result<(), Box<Response>> {
        if !self.sessions.is_shared() || names_other_version(&sender.headers) {
            return Ok(());
        }
        let id = sender.headers.get(&SESSION_ID);
        let Some(id) = id.and_then(|id| id.to_str().ok()) else {
            return Ok(());
        };
        let caller = (sender.principal(), sender.holder());
        let found = Box::pin(self.sessions.look_up(&self.service, id, caller)).await;
        found.map_err(|error| {
            tracing::debug!(%error, "a session of another instance cannot be looked up");
            Box::new(self.refuse_until(RETRY_AFTER, store_unavailable()))
        })
    }

    /// The session in the headers, which must belong to the sender.
    pub(super) fn session(&self, sender: &Sender) -> Result<Arc<Session>, RpcError> {
        let id = sender.headers.get(&SESSION_ID).ok_or_else(no_session)?;
        let id = id.to_str().unwrap_or_default();
        let session = self.sessions.get(id, sender.principal());
        session.ok_or_else(RpcError::session_ended)
    }
}

fn no_session() -> RpcError {
    RpcError::invalid_request(
        "no session: send `initialize` first and repeat its `Mcp-Session-Id`, \
         or speak revision 2026-07-28, which names its version in `params._meta`",
    )
}

/// The revision in the header.
fn header_version(headers: &HeaderMap) -> Option<Version> {
    Version::parse(headers.get(&PROTOCOL_VERSION)?.to_str().ok()?.trim())
}

/// Returns `true` if the header names a revision without sessions: the current one, or an unknown one.
fn names_other_version(headers: &HeaderMap) -> bool {
    headers.contains_key(&PROTOCOL_VERSION)
        && !header_version(headers).is_some_and(Version::is_legacy)
}
