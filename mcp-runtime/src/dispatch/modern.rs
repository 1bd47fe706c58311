//! The detection of modern requests, and the members of `_meta` that they require.
//!
//! The request itself marks it as modern (`_meta` with a protocol version), so that clients of either era can use one
//! endpoint. All members of `_meta` that the revision requires are checked, and the first missing one is named.

use crate::protocol::meta::{PROTOCOL_VERSION, RawMeta, missing};
use crate::protocol::{RequestMeta, RpcError, Version};

/// Returns `true` if `_meta` names a protocol version: the mark of the modern revision.
pub(crate) fn is_modern(meta: &Result<Option<RawMeta<'_>>, RpcError>) -> bool {
    matches!(meta, Ok(Some(meta)) if meta.names_version())
}

/// Reads the complete `_meta` of a modern request; `same_version` compares the version with that of the transport.
pub(crate) fn read_meta(
    meta: Option<RawMeta<'_>>,
    same_version: impl FnOnce(&str) -> Result<(), RpcError>,
) -> Result<RequestMeta, RpcError> {
    let meta = meta.ok_or_else(|| missing(PROTOCOL_VERSION))?;
    let version = meta.protocol_version()?;
    let read = meta.modern()?;
    same_version(&version)?;
    match Version::parse(&version) {
        Some(version) if !version.is_legacy() => Ok(read),
        _ => Err(RpcError::unsupported_version(&version)),
    }
}
