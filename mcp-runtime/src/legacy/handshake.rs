//! `initialize`: which revision a session speaks.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::session::Session;
use crate::answer::{Answer, downgrade, members};
use crate::handler::Principal;
use crate::protocol::{ClientCapabilities, Implementation, Members, Request, RpcError, Version};
use crate::service::{Service, shutting_down};

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
pub(crate) fn initialize(
    service: &Service,
    request: &Request,
    who: &Principal,
) -> Result<(Session, Answer), RpcError> {
    if service.drain.has_begun() {
        return Err(shutting_down());
    }
    let needs =
        || RpcError::invalid_params("`initialize` needs `protocolVersion` and `capabilities`");
    let params = request.params.as_deref().ok_or_else(needs)?;
    let requested: String = read(params, "protocolVersion")?.ok_or_else(needs)?;
    let capabilities: ClientCapabilities = read(params, "capabilities")?.unwrap_or_default();
    let version = Version::parse(&requested)
        .filter(|version| version.is_legacy())
        .unwrap_or(Version::LATEST_LEGACY);
    let answer = Answer::Members(members(&Initialized {
        protocol_version: version.as_str(),
        capabilities: downgrade::capabilities(service.capabilities(), version),
        server_info: downgrade::implementation(service.identity.info.clone(), version),
        instructions: service.identity.instructions.as_deref(),
    }));
    let news = service.changes.subscribe(service.changing());
    Ok((Session::new(version, capabilities, news, who), answer))
}

fn read<T: DeserializeOwned>(params: &Members, name: &str) -> Result<Option<T>, RpcError> {
    let read = params.decode::<T>(name).transpose();
    read.map_err(|error| RpcError::invalid_params(format!("`{name}` is not valid: {error}")))
}
