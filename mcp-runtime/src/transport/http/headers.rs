//! Headers that mirror the body, so that a proxy in front of a server can route without reading it.
//!
//! [MCP 2026-07-28, Streamable HTTP](https://modelcontextprotocol.io/specification/2026-07-28/basic/transports):
//! names ignore case, values do not; white space around a value does not count; a value may be in base64.
//!
//! A gateway may route by `Mcp-Name`, limit by it, or allow by it. A request whose headers differ from its body would
//! circumvent that, so a difference is an error (-32020, `HeaderMismatch`), and not a matter of precedence. Headers of
//! parameters are those of `#[arg(header = ..)]`; the error for a redacted one does not show its value.
//!
//! Only requests of 2026-07-28 are compared; sessions have only the version header.

use std::borrow::Cow;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::head::First;
use crate::excerpt::excerpt;
use crate::protocol::{Method, RawStr, Request, RpcError};
use crate::service::Service;
use crate::service::tools_call::mirrored;

pub(super) static PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
pub(super) static SESSION_ID: HeaderName = HeaderName::from_static("mcp-session-id");
pub(super) static LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
static METHOD: HeaderName = HeaderName::from_static("mcp-method");
static NAME: HeaderName = HeaderName::from_static("mcp-name");

/// The version header must match `_meta`.
pub(super) fn same_version(headers: &HeaderMap, version: &str) -> Result<(), RpcError> {
    match text(headers, "MCP-Protocol-Version", &PROTOCOL_VERSION)? {
        Some(header) if header == version => Ok(()),
        Some(header) => Err(mismatch("MCP-Protocol-Version", header, version)),
        None => Err(absent("MCP-Protocol-Version", version)),
    }
}

/// `Mcp-Method` must match `method`.
pub(super) fn same_method(headers: &HeaderMap, request: &Request) -> Result<(), RpcError> {
    let method = request.method.as_str();
    match text(headers, "Mcp-Method", &METHOD)? {
        Some(header) if header == method => Ok(()),
        Some(header) => Err(mismatch("Mcp-Method", header, method)),
        None => Err(absent("Mcp-Method", method)),
    }
}

/// `Mcp-Name` and `Mcp-Param-*` must match the params.
pub(super) fn same_params(
    service: &Service,
    headers: &HeaderMap,
    given: First<'_>,
    request: &Request,
) -> Result<(), RpcError> {
    let named = match request.method {
        Method::ToolsCall | Method::PromptsGet => "name",
        Method::ResourcesRead => "uri",
        Method::TasksGet | Method::TasksUpdate | Method::TasksCancel => "taskId",
        _ => return Ok(()),
    };
    let Some(params) = &request.params else {
        return Ok(());
    };
    let Some(json) = params.get(named) else {
        return Ok(());
    };
    if !is_literally(given, json) {
        let Some(Ok(name)) = params.text(named) else {
            return Ok(());
        };
        match text(headers, "Mcp-Name", &NAME)? {
            Some(header) if decoded("Mcp-Name", header)? == name => {}
            Some(header) => return Err(mismatch("Mcp-Name", header, &name)),
            None => return Err(absent("Mcp-Name", &name)),
        }
    }
    let registry = service.registry.read();
    if request.method != Method::ToolsCall || !registry.has_headers {
        return Ok(());
    }
    let Some(Ok(name)) = params.text(named) else {
        return Ok(());
    };
    let Some(entry) = registry
        .tools
        .get(&name)
        .filter(|entry| !entry.headers.is_empty())
    else {
        return Ok(());
    };
    let arguments = params.arguments().and_then(|given| given.object().ok());
    let arguments = arguments.unwrap_or_default();
    for (argument, header) in &entry.headers {
        same_argument(headers, header, entry.sent(&arguments, argument)).map_err(|error| {
            // The error shows both values.
            let redacted = entry.policies().redacted.hides(argument);
            if redacted {
                malformed(&format!("Mcp-Param-{header}"), "differs from the body")
            } else {
                error
            }
        })?;
    }
    Ok(())
}

/// Returns `true` if a header equals the text of a JSON string, and neither of them is encoded.
fn is_literally(given: First<'_>, json: &[u8]) -> bool {
    let text = json
        .strip_prefix(b"\"")
        .and_then(|it| it.strip_suffix(b"\""));
    text.is_some_and(|text| {
        given.is(text)
            && !text.contains(&b'\\')
            && text.trim_ascii() == text
            && !text.starts_with(b"=?")
    })
}

fn same_argument(
    headers: &HeaderMap,
    header: &str,
    argument: Option<RawStr<'_>>,
) -> Result<(), RpcError> {
    let name = format!("Mcp-Param-{header}");
    // The macro has checked that the name is a token; otherwise there is nothing to compare.
    let Ok(key) = HeaderName::try_from(&name) else {
        return Ok(());
    };
    let given = text(headers, &name, &key)?;
    match (given, mirrored(argument)) {
        (None, None) => Ok(()),
        (None, Some(value)) => Err(absent(&name, value)),
        (Some(given), None) => Err(mismatch(&name, given, "absent")),
        (Some(given), Some(value)) if same_value(&decoded(&name, given)?, value) => Ok(()),
        (Some(given), Some(value)) => Err(mismatch(&name, given, value)),
    }
}

/// Compares a header with a JSON value: strings and booleans verbatim, numbers by value.
///
/// Numbers are equal as doubles, so `1.0` in the header is `1` in the body.
fn same_value(given: &str, json: &str) -> bool {
    if json.starts_with('"') {
        return serde_json::from_str::<String>(json).is_ok_and(|text| text == given);
    }
    if json == given {
        return true;
    }
    let number = |text: &str| {
        serde_json::from_str::<serde_json::Number>(text)
            .ok()
            .and_then(|number| number.as_f64())
    };
    number(given)
        .zip(number(json))
        .is_some_and(|(a, b)| a.to_bits() == b.to_bits())
}

/// The one value of a header, without the white space around it.
fn text<'h>(
    headers: &'h HeaderMap,
    shown: &str,
    name: &HeaderName,
) -> Result<Option<&'h str>, RpcError> {
    let mut values = headers.get_all(name).iter().map(HeaderValue::to_str);
    let first = match values.next() {
        None => return Ok(None),
        Some(Ok(text)) => text.trim_matches([' ', '\t']),
        Some(Err(_)) => {
            return Err(malformed(
                shown,
                "has characters that a header cannot carry; use base64",
            ));
        }
    };
    if values.any(|value| value.ok().map(str::trim) != Some(first)) {
        return Err(malformed(
            shown,
            "is given more than once, with different values",
        ));
    }
    Ok(Some(first))
}

/// The decoded value of `=?base64?…?=`; any other value unchanged.
fn decoded<'v>(name: &str, value: &'v str) -> Result<Cow<'v, str>, RpcError> {
    let Some(encoded) = value
        .strip_prefix("=?base64?")
        .and_then(|rest| rest.strip_suffix("?="))
    else {
        return Ok(Cow::Borrowed(value));
    };
    let bytes = STANDARD
        .decode(encoded)
        .map_err(|_| malformed(name, "is not valid base64"))?;
    let text = String::from_utf8(bytes).map(Cow::Owned);
    text.map_err(|_| malformed(name, "is not UTF-8 in base64"))
}

fn malformed(name: &str, problem: &str) -> RpcError {
    RpcError::header_mismatch(format!("header `{name}` {problem}"))
}

fn absent(name: &str, wanted: &str) -> RpcError {
    RpcError::header_mismatch(format!(
        "header `{name}` is missing; the body says {:?}",
        excerpt(wanted)
    ))
}

fn mismatch(name: &str, given: &str, wanted: &str) -> RpcError {
    RpcError::header_mismatch(format!(
        "header `{name}` is {:?}, but the body says {:?}",
        excerpt(given),
        excerpt(wanted)
    ))
}
