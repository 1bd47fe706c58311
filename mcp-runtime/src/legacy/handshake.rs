//! `initialize`: which revision a session speaks.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::downgrade;
use super::session::Session;
use crate::protocol::{ClientCapabilities, Implementation, Request, RpcError, Version};
use crate::service::answer::members;
use crate::service::{Answer, Service, shutting_down};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Params {
    protocol_version: String,
    #[serde(default)]
    capabilities: ClientCapabilities,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Initialized<'a> {
    protocol_version: &'static str,
    capabilities: Value,
    server_info: Implementation,
    #[serde(skip_serializing_if = "Option::is_none")]
    instructions: Option<&'a str>,
}

/// Opens a session: the revision that the client asks for, or else the newest that has a handshake.
pub(crate) fn initialize(service: &Service, request: &Request) -> Result<(Session, Answer), RpcError> {
    if service.drain.has_begun() {
        return Err(shutting_down());
    }
    let params: Params = match request.params.as_ref().map(|params| params.whole().decode()) {
        Some(Ok(params)) => params,
        Some(Err(error)) => return Err(RpcError::invalid_params(format!("`initialize` is not valid: {error}"))),
        None => return Err(RpcError::invalid_params("`initialize` needs `protocolVersion` and `capabilities`")),
    };
    let version = Version::parse(&params.protocol_version)
        .filter(|version| version.is_legacy())
        .unwrap_or(Version::LATEST_LEGACY);
    let answer = Answer::Members(members(&Initialized {
        protocol_version: version.as_str(),
        capabilities: service.capabilities(),
        server_info: downgrade::implementation(service.identity.info.clone(), version),
        instructions: service.identity.instructions.as_deref(),
    }));
    Ok((Session::new(version, params.capabilities, &service.changes), answer))
}
