//! The sender of a request: its headers, and the principal that a layer in front of the endpoint has verified.
//!
//! The interface for authentication: a layer in front that has verified a caller inserts a [`Principal`] into the
//! request's extensions. Nothing that the client itself sends gets there.
//!
//! The address is that of the connection, of a trusted proxy's caller, or of axum's `ConnectInfo`, in this order;
//! without one, all anonymous callers share the limits by address.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap, request};

use crate::handler::Principal;
use crate::handler::call::context::Caller;
use crate::handler::input::outbox::Outbox;
use crate::service::Service;
use crate::share::Holder;

/// The address at the other end of a connection of the server's own listener.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub IpAddr);

/// The sender of one request.
#[derive(Clone, Debug)]
pub(super) struct Sender {
    pub headers: HeaderMap,
    principal: Principal,
    peer: Option<IpAddr>,
}

impl Sender {
    /// The sender of the request with this head, at the address `own` if the server's own listener knows it.
    pub(super) fn from_parts(parts: request::Parts, own: Option<Peer>) -> Self {
        let principal = parts
            .extensions
            .get::<Principal>()
            .cloned()
            .unwrap_or_default();
        Self {
            principal,
            peer: own.map_or_else(|| peer(&parts.extensions), |Peer(address)| Some(address)),
            headers: parts.headers,
        }
    }

    pub(super) fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The address of the caller, if it is known.
    pub(super) fn peer(&self) -> Option<IpAddr> {
        self.peer
    }

    /// Returns the holder that resources are counted for.
    pub(super) fn holder(&self) -> Holder {
        Holder::new(&self.principal, self.peer)
    }

    /// The caller of a method, as its handler sees it.
    pub(super) fn caller(self, outbox: Option<Outbox>, service: &Service) -> Caller {
        let holder = self.holder();
        let Self {
            headers,
            principal,
            peer,
        } = self;
        Caller {
            principal,
            peer,
            holder,
            headers,
            outbox,
            client: None,
            session_id: None,
            names: None,
            params: None,
            changes: service.changes.clone(),
            store_backend: Some(Arc::clone(&service.store_backend)),
        }
    }
}

/// The remote address of the connection, if the request has it: from the server's own listener, or from an application
/// that serves its router with `into_make_service_with_connect_info::<SocketAddr>()`.
pub(super) fn peer(extensions: &Extensions) -> Option<IpAddr> {
    let own = extensions.get::<Peer>().map(|Peer(address)| *address);
    let application = || {
        extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|it| it.0.ip())
    };
    own.or_else(application)
}
