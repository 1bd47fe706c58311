//! `initialize`: negotiates the revision of a session.
//!
//! The client requests the newest revision it supports; the server responds with that one, or with one of its own that
//! the client may refuse (specification 2025-11-25, lifecycle, version negotiation). A client older than all supported
//! revisions gets the oldest, an unknown later one the newest with sessions: 2026-07-28 has no handshake and is never
//! negotiated. Capabilities of at most 16 KiB are kept, names are cut to 128 characters.

use serde::Serialize;
use serde_json::Value;

use super::session::Session;
use crate::answer::{Answer, downgrade, members};
use crate::handler::Principal;
use crate::protocol::client_info::ClientNames;
use crate::protocol::{Declared, Implementation, Request, RpcError, Version};
use crate::service::{Service, shutting_down, text_param};
use crate::share::Holder;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Initialized<'a> {
    protocol_version: &'static str,
    capabilities: Value,
    server_info: Implementation,
    #[serde(skip_serializing_if = "Option::is_none")]
    instructions: Option<&'a str>,
}

/// Opens a session: with the requested revision, or else the newest that has a handshake.
pub(crate) fn initialize(
    service: &Service,
    request: &Request,
    (who, holder): (&Principal, Holder),
) -> Result<(Session, Answer), RpcError> {
    if service.drain.has_begun() {
        return Err(shutting_down());
    }
    let params = request.params.as_deref();
    let requested = text_param(
        params,
        "protocolVersion",
        "which revision does the client speak?",
    )?;
    let capabilities = match params.and_then(|params| params.get("capabilities")) {
        None | Some(b"null") => Declared::default(),
        Some(json) => Declared::read(json)
            .ok_or_else(|| RpcError::invalid_params("`capabilities` must be an object"))?,
    };
    capabilities.check_size()?;
    let names = params.and_then(|params| params.get("clientInfo"));
    let names = names.map(ClientNames::read).unwrap_or_default();
    let id = crate::random::id().ok_or_else(|| {
        RpcError::internal("the system has no source of random numbers for the id of a session")
    })?;
    let version = agreed(&requested);
    let answer = Answer::Members(members(&Initialized {
        protocol_version: version.as_str(),
        capabilities: downgrade::capabilities(service.capabilities(), version),
        server_info: downgrade::implementation(service.identity.info.clone(), version),
        instructions: service.identity.instructions.as_deref(),
    }));
    let changes = service.changes.subscribe(service.changing());
    let client = (capabilities, names);
    let answer_timeout = service.live.with(|it| it.limits.answer_timeout);
    let session = Session::new(id, version, client, changes, (who, holder), answer_timeout);
    #[cfg(feature = "otel")]
    let session = session.measured_by(service.drain.telemetry());
    Ok((session, answer))
}

/// The requested revision, or else the newest with a handshake; the oldest for a client older than all.
fn agreed(requested: &str) -> Version {
    let oldest = Version::V2024_11_05;
    match Version::parse(requested) {
        Some(version) if version.is_legacy() => version,
        None if is_date(requested) && requested < oldest.as_str() => oldest,
        _ => Version::LATEST_LEGACY,
    }
}

/// Returns `true` for text in the form of a revision, such as `2024-10-07`; these sort by age.
fn is_date(text: &str) -> bool {
    let form = |(at, byte): (usize, u8)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    text.len() == 10 && text.bytes().enumerate().all(form)
}
