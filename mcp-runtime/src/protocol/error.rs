//! JSON-RPC errors: the codes that the protocol defines, and the HTTP status that goes with each.
//!
//! Codes: [JSON-RPC 2.0 §5.1](https://www.jsonrpc.org/specification#error_object) and the three of revision 2026-07-28
//! (`-32020` header mismatch, `-32021` missing client capability, `-32022` unsupported protocol version).

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};

use super::version::Version;
use crate::excerpt::{excerpt, excerpt_of};
use crate::limits::Limit;

/// The error response to a request.
///
/// Tools report their own failures as tool results with `isError`; this is for requests that did not run.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct RpcError {
    /// The JSON-RPC error code.
    pub code: i32,
    /// A description of the error, for people.
    pub message: Cow<'static, str>,
    /// Structured detail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    #[serde(skip)]
    status: u16,
    /// The code in revisions before 2026-07-28, if it differs.
    #[serde(skip)]
    pub(crate) legacy_code: Option<i32>,
    /// The limit that the request has reached.
    #[serde(skip)]
    pub(crate) limit: Option<Limit>,
}

impl RpcError {
    /// `-32700`: the body is not JSON.
    pub const PARSE_ERROR: i32 = -32700;
    /// `-32600`: JSON, but not a JSON-RPC message.
    pub const INVALID_REQUEST: i32 = -32600;
    /// `-32601`: no such method.
    pub const METHOD_NOT_FOUND: i32 = -32601;
    /// `-32602`: params that do not fit the method.
    pub const INVALID_PARAMS: i32 = -32602;
    /// `-32603`: a fault of the server.
    pub const INTERNAL_ERROR: i32 = -32603;
    /// `-32020`: a header is missing or differs from the body.
    pub const HEADER_MISMATCH: i32 = -32020;
    /// `-32021`: the client did not declare a capability that the request needs.
    pub const MISSING_CAPABILITY: i32 = -32021;
    /// `-32022`: the protocol version is not supported.
    pub const UNSUPPORTED_VERSION: i32 = -32022;
    /// `-32002`: there is no such resource, in revisions before 2026-07-28, which has `-32602` for it.
    pub const LEGACY_RESOURCE_NOT_FOUND: i32 = -32002;

    fn new(code: i32, status: u16, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
            data: None,
            status,
            legacy_code: None,
            limit: None,
        }
    }

    pub(crate) fn parse_error(error: &serde_json::Error) -> Self {
        Self::new(
            Self::PARSE_ERROR,
            400,
            format!("the message is not valid JSON: {}", excerpt_of(error)),
        )
    }

    pub(crate) fn invalid_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Self::INVALID_REQUEST, 400, message)
    }

    /// `-32600`: the request names a session that has ended; 404 tells its client to initialize again.
    pub(crate) fn session_ended() -> Self {
        Self::new(
            Self::INVALID_REQUEST,
            404,
            "this session has ended; send `initialize` again",
        )
    }

    pub(crate) fn method_not_found(method: &str) -> Self {
        Self::new(
            Self::METHOD_NOT_FOUND,
            404,
            format!("method not found: {}", excerpt(method)),
        )
    }

    /// Creates the error `-32602`: the params are wrong for this method.
    pub fn invalid_params(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Self::INVALID_PARAMS, 200, message)
    }

    /// `-32602` for a request whose `_meta` is missing or incomplete; sent with HTTP 400.
    pub(crate) fn invalid_meta(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Self::INVALID_PARAMS, 400, message)
    }

    /// Creates the error `-32603`: a fault of the server; the message must not contain internals.
    pub fn internal(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Self::INTERNAL_ERROR, 200, message)
    }

    pub(crate) fn header_mismatch(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Self::HEADER_MISMATCH, 400, message)
    }

    pub(crate) fn missing_capability(required: &Value) -> Self {
        let names: Vec<String> = required
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, rest)| needed(name, rest))
            .collect();
        let message = format!(
            "the client did not declare what this request needs: {}",
            names.join(", ")
        );
        let mut error = Self::new(Self::MISSING_CAPABILITY, 400, message);
        error.data = Some(json!({ "requiredCapabilities": required }));
        error
    }

    /// The error for an unknown tool or prompt.
    pub(crate) fn unknown(noun: &str, name: &str) -> Self {
        Self::invalid_params(format!("Unknown {noun}: {}", excerpt(name)))
    }

    /// The error for a URI without a resource; [`RpcError::at`] adds the URI.
    pub(crate) fn resource_not_found() -> Self {
        let mut error = Self::invalid_params("resource not found");
        error.legacy_code = Some(Self::LEGACY_RESOURCE_NOT_FOUND);
        error
    }

    /// Adds a reason to the message.
    #[must_use]
    pub(crate) fn because(mut self, reason: impl fmt::Display) -> Self {
        self.message = format!("{} ({reason})", self.message).into();
        self
    }

    /// Adds the URI of the resource.
    #[must_use]
    pub(crate) fn at(mut self, uri: &str) -> Self {
        let uri = excerpt(uri);
        self.message = format!("{}: {uri}", self.message).into();
        self.data.get_or_insert_with(|| json!({}))["uri"] = (*uri).into();
        self
    }

    /// The error for a caller without all of the scopes in `needed`; HTTP 403, so that a client can request them.
    pub(crate) fn missing_scopes(
        item: impl fmt::Display,
        needed: &[impl AsRef<str>],
        missing: &[&str],
    ) -> Self {
        let needed: Vec<&str> = needed.iter().map(AsRef::as_ref).collect();
        let list = |scopes: &[&str]| {
            scopes
                .iter()
                .map(|scope| format!("`{scope}`"))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let message = format!(
            "{item} needs {}, and the caller was not granted {}; call with a token that grants all of them",
            list(&needed),
            list(missing)
        );
        let mut error = Self::new(Self::INVALID_REQUEST, 403, message);
        error.data = Some(json!({ "requiredScopes": needed, "missingScopes": missing }));
        error
    }

    pub(crate) fn unsupported_version(requested: &str) -> Self {
        let shown = excerpt(requested);
        // A legacy revision is negotiated, not named by a request: listing it as supported would make the client retry
        // forever.
        let known_legacy = Version::parse(requested).is_some();
        let supported: Vec<&str> = Version::ALL
            .iter()
            .filter(|version| !(known_legacy && version.is_legacy()))
            .map(|v| v.as_str())
            .collect();
        let mut error = Self::new(
            Self::UNSUPPORTED_VERSION,
            400,
            format!(
                "protocol version {shown:?} is not supported here; use one of {}",
                supported.join(", ")
            ),
        );
        error.data = Some(json!({ "supported": supported, "requested": shown }));
        error
    }

    /// Adds structured detail.
    #[must_use]
    pub fn with_data(mut self, data: Value) -> Self {
        self.data = Some(data);
        self
    }

    /// Returns the HTTP status of this error in the modern revision.
    pub fn http_status(&self) -> u16 {
        self.status
    }

    /// Sets the limit that the request has reached, for the metric that counts refusals.
    #[must_use]
    pub(crate) fn over(mut self, limit: Limit) -> Self {
        self.limit = Some(limit);
        self
    }

    #[must_use]
    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }
}

/// Returns the names of a required capability and its members: `elicitation.url`,
/// `extensions.io.modelcontextprotocol/tasks`.
fn needed(name: &str, rest: &Value) -> String {
    let inner = rest
        .as_object()
        .into_iter()
        .flatten()
        .map(|(inner, _)| format!("`{name}.{inner}`"));
    let inner: Vec<String> = inner.collect();
    if inner.is_empty() {
        format!("`{name}`")
    } else {
        inner.join(", ")
    }
}

impl fmt::Display for RpcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (code {})", self.message, self.code)
    }
}

impl std::error::Error for RpcError {}
