//! `params._meta`: the metadata of a request.

use std::borrow::Cow;

use super::capabilities::Declared;
use super::error::RpcError;
use super::json::{Members, MembersRef, RawJson, text};
use super::level::Level;
use super::version::Version;
use crate::limits::{self, Limit};

/// Key of the protocol version in a modern request's `_meta`.
pub const PROTOCOL_VERSION: &str = "io.modelcontextprotocol/protocolVersion";
/// Key of the client's capabilities in a modern request's `_meta`.
pub const CLIENT_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
/// Key of the client's name and version in a modern request's `_meta`.
pub const CLIENT_INFO: &str = "io.modelcontextprotocol/clientInfo";
/// Key of the wanted log level in a modern request's `_meta`.
pub const LOG_LEVEL: &str = "io.modelcontextprotocol/logLevel";
/// Key of the server's name and version in a modern result's `_meta`.
pub(crate) const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";
/// Key of the listen request's id in the notifications of its stream.
pub(crate) const SUBSCRIPTION_ID: &str = "io.modelcontextprotocol/subscriptionId";

/// The members of `_meta` that every revision has for requests.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub(crate) struct RequestMeta {
    /// The progress token: a string or an integer.
    pub progress_token: Option<RawJson>,
    /// The client's capabilities (modern; legacy declares them at `initialize`).
    pub capabilities: Declared,
    /// The minimum level of log messages that the client requests (modern).
    pub log_level: Option<Level>,
}

/// The raw `_meta` members of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawMeta<'a>(MembersRef<'a>);

impl<'a> RawMeta<'a> {
    /// The `_meta` member of `params`; `Ok(None)` if there is none.
    pub(crate) fn from_params(params: Option<&'a Members>) -> Result<Option<Self>, RpcError> {
        match params.and_then(Members::meta) {
            None => Ok(None),
            Some(Ok(members)) => Ok(Some(Self(members))),
            Some(Err(_)) => Err(RpcError::invalid_meta("`_meta` must be an object")),
        }
    }

    /// Returns `true` if a protocol version is named, in any form: the mark of a modern request.
    pub(crate) fn names_version(&self) -> bool {
        self.0.get(PROTOCOL_VERSION).is_some()
    }

    /// The protocol version, which a modern request must name.
    pub(crate) fn protocol_version(&self) -> Result<Cow<'a, str>, RpcError> {
        match self.0.get(PROTOCOL_VERSION) {
            // What nearly every request names, letter for letter.
            Some(b"\"2026-07-28\"") => Ok(Version::V2026_07_28.as_str().into()),
            Some(json) => text(json).map_err(|_| mistyped(PROTOCOL_VERSION, "a string")),
            None => Err(missing(PROTOCOL_VERSION)),
        }
    }

    /// All members that a modern request may have; `-32602` when a required one is missing or one has the wrong type.
    pub(crate) fn modern(&self) -> Result<RequestMeta, RpcError> {
        let capabilities = match self.0.get(CLIENT_CAPABILITIES) {
            None => return Err(missing(CLIENT_CAPABILITIES)),
            Some(json) => {
                Declared::read(json).ok_or_else(|| mistyped(CLIENT_CAPABILITIES, "an object"))?
            }
        };
        capabilities.check_size()?;
        let log_level = (self.0.decode::<Level>(LOG_LEVEL).transpose())
            .map_err(|_| mistyped(LOG_LEVEL, &format!("one of {}", Level::NAMES)))?;
        Ok(RequestMeta {
            progress_token: self.progress_token()?,
            capabilities,
            log_level,
        })
    }

    /// The progress token, in any revision.
    pub(crate) fn progress_token(&self) -> Result<Option<RawJson>, RpcError> {
        let Some(raw) = self.0.get_raw("progressToken") else {
            return Ok(None);
        };
        if !raw.can_be_echoed() {
            return Err(RpcError::invalid_meta(
                "`_meta.progressToken` must be a string or an integer",
            ));
        }
        if raw.as_bytes().len() > limits::ID {
            let error = RpcError::invalid_meta(format!(
                "`_meta.progressToken` has {} bytes, and may have {}; use a shorter one",
                raw.as_bytes().len(),
                limits::ID
            ));
            return Err(error.over(Limit::Ids));
        }
        Ok(Some(raw))
    }
}

/// The error for a modern request without `_meta` or one of its required keys.
pub(crate) fn missing(key: &str) -> RpcError {
    RpcError::invalid_meta(format!(
        "`params._meta[\"{key}\"]` is missing: a request of revision 2026-07-28 carries \
         `{PROTOCOL_VERSION}` and `{CLIENT_CAPABILITIES}`"
    ))
}

fn mistyped(key: &str, wanted: &str) -> RpcError {
    RpcError::invalid_meta(format!("`_meta[\"{key}\"]` must be {wanted}"))
}
