//! What makes a request modern, and what it must say about itself.

use crate::protocol::meta::{PROTOCOL_VERSION, RawMeta, missing};
use crate::protocol::{Method, Request, RequestMeta, RpcError, Version};

/// The methods of the modern revision that this server answers.
pub(crate) fn knows(method: &Method) -> bool {
    matches!(
        method,
        Method::ServerDiscover | Method::ToolsList | Method::ToolsCall | Method::SubscriptionsListen
    )
}

/// Whether the request names its protocol version: the mark of the modern revision.
pub(crate) fn is_modern(request: &Request) -> bool {
    RawMeta::of(request.params.as_ref()).is_ok_and(|meta| meta.is_some_and(|meta| meta.names_version()))
}

/// The `_meta` of a modern request, complete; `same_version` compares the version with what a transport was told.
pub(crate) fn read_meta(
    request: &Request,
    same_version: impl FnOnce(&str) -> Result<(), RpcError>,
) -> Result<RequestMeta, RpcError> {
    let meta = RawMeta::of(request.params.as_ref())?.ok_or_else(|| missing(PROTOCOL_VERSION))?;
    let version = meta.protocol_version()?;
    let read = meta.modern()?;
    same_version(&version)?;
    match Version::parse(&version) {
        Some(version) if !version.is_legacy() => Ok(read),
        _ => Err(RpcError::unsupported_version(&version)),
    }
}
