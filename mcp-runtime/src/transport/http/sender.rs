//! Who has sent a request: what its head says, and what whoever stands in front of the endpoint has found out.
//!
//! The seam for authentication: a layer in front that has verified a caller leaves a [`Principal`] in the request's
//! extensions. Nothing that the client itself sends gets there.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap, request};

use crate::changes::Changes;
use crate::handler::Principal;
use crate::handler::call::context::Caller;
use crate::handler::input::outbox::Outbox;

/// The address at the other end of a connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub SocketAddr);

/// The sender of one request.
#[derive(Clone, Debug)]
pub(super) struct Sender {
    pub headers: HeaderMap,
    principal: Principal,
    peer: Option<IpAddr>,
}

impl Sender {
    pub(super) fn of(parts: request::Parts) -> Self {
        let principal = parts
            .extensions
            .get::<Principal>()
            .cloned()
            .unwrap_or_default();
        Self {
            principal,
            peer: peer(&parts.extensions),
            headers: parts.headers,
        }
    }

    pub(super) fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The caller of a method, as its handler sees it.
    pub(super) fn caller(self, outbox: Option<Outbox>, changes: &Changes) -> Caller {
        let Self {
            headers,
            principal,
            peer,
        } = self;
        Caller {
            principal,
            peer,
            headers,
            outbox,
            client: None,
            changes: changes.clone(),
        }
    }
}

/// The address that the connection comes from: known to the server's own listener, and to an application that serves
/// its router with `into_make_service_with_connect_info::<SocketAddr>()`.
fn peer(extensions: &Extensions) -> Option<IpAddr> {
    let own = || extensions.get::<ConnectInfo<Peer>>().map(|info| info.0.0);
    let application = || {
        extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0)
    };
    own().or_else(application).map(|address| address.ip())
}
