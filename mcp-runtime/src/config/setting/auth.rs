//! `[auth]` and the tables in it.

use axum::http::HeaderName;

use super::Setting;
use crate::auth::{ApiKeys, Authenticate as _};
use crate::config::kind::Kind;
use crate::config::problem::{HIDDEN, Problem};
use crate::seal::Secrets;

pub(super) const ROWS: &[Setting] = &[
    Setting::new(
        "auth.required",
        "MCP_AUTH_REQUIRED",
        Kind::Switch(|it| it.auth.required, |it, on| it.auth.required = on),
        "Callers without credentials are refused, where callers are verified.",
    )
    .code("auth_required"),
    Setting::new(
        "auth.api_keys.keys",
        "MCP_API_KEYS",
        Kind::Secrets(|it| &mut it.auth.api_keys, check_keys),
        "API keys: `label:secret` or `label:secret:scope+scope`, with secrets of at least 24 characters.",
    )
    .live(),
    Setting::new(
        "auth.api_keys.headers",
        "MCP_AUTH_API_KEYS_HEADERS",
        Kind::Texts(|it| &mut it.auth.key_headers, check_header),
        "The headers that an API key may come in, in addition to `Authorization: Bearer`.",
    ),
];

/// Checks API keys; errors show only their labels.
fn check_keys(keys: &Secrets) -> Result<(), Problem> {
    if keys.0.is_empty() {
        return Ok(());
    }
    let text = |key: &Vec<u8>| String::from_utf8_lossy(key).into_owned();
    let faults = ApiKeys::new(keys.0.iter().map(text)).faults(&[]);
    if faults.is_empty() {
        return Ok(());
    }
    let text = faults.join("; ");
    let (what, help) = text.split_once("; ").unwrap_or((&text, ""));
    Err(Problem::new(HIDDEN, what, help))
}

fn check_header(name: &str) -> Result<(), Problem> {
    let help = "write the name of a header, such as x-api-key";
    name.parse::<HeaderName>()
        .map(drop)
        .map_err(|_| Problem::new(name, "", help))
}
