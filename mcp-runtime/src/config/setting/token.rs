//! `[auth.jwt]`.

use std::time::Duration;

use super::Setting;
use crate::auth::{Authenticate as _, Jwt, SigningAlgorithm};
use crate::config::kind::{Kind, check_secrets};
use crate::config::problem::Problem;

/// The rows of `[auth.jwt]`.
pub(super) const ROWS: &[Setting] = &[
    Setting::new(
        "auth.jwt.issuer",
        "MCP_OAUTH_ISSUER",
        Kind::Texts(|it| &mut it.auth.jwt.issuers, check_issuer),
        "The issuers whose tokens are accepted, by their URLs.",
    ),
    Setting::new(
        "auth.jwt.audience",
        "MCP_OAUTH_AUDIENCE",
        Kind::Texts(|it| &mut it.auth.jwt.audience, |_| Ok(())),
        "The accepted audiences of tokens; without any, `public_url` and the path of the endpoint.",
    ),
    Setting::new(
        "auth.jwt.secret_key",
        "MCP_JWT_SECRET_KEY",
        Kind::Secrets(|it| &mut it.auth.jwt.secret, check_secrets),
        "The shared secrets of tokens that are signed with HS256, of at least 32 bytes; not in addition to an issuer.",
    ),
    Setting::new(
        "auth.jwt.algorithms",
        "MCP_AUTH_JWT_ALGORITHMS",
        Kind::Texts(|it| &mut it.auth.jwt.algorithms, check_algorithm),
        "The accepted algorithms of an issuer's keys.",
    ),
    Setting::new(
        "auth.jwt.skew",
        "MCP_AUTH_JWT_SKEW",
        Kind::Time(|it| &mut it.auth.jwt.skew, Duration::ZERO),
        "The tolerance of clocks, at most ten minutes.",
    ),
    Setting::new(
        "auth.jwt.max_age",
        "MCP_AUTH_JWT_MAX_AGE",
        Kind::Time(|it| &mut it.auth.jwt.max_age, Duration::ZERO),
        "The maximum lifetime of a token; `0s` for any.",
    ),
    Setting::new(
        "auth.jwt.token_type",
        "MCP_AUTH_JWT_TOKEN_TYPE",
        Kind::Text(
            |it| it.auth.jwt.token_type.clone().unwrap_or_default(),
            |it, text| {
                it.auth.jwt.token_type = (!text.is_empty()).then(|| text.to_owned());
                Ok(())
            },
        ),
        "The type that the header of a token must have, such as `at+jwt`; `JWT`, `at+jwt` or none by default.",
    ),
    Setting::new(
        "auth.jwt.scope_claims",
        "MCP_AUTH_JWT_SCOPE_CLAIMS",
        Kind::Texts(|it| &mut it.auth.jwt.scope_claims, |_| Ok(())),
        "The claims that scopes are read from.",
    ),
    Setting::new(
        "auth.jwt.required",
        "MCP_AUTH_JWT_REQUIRED",
        Kind::Switch(
            |it| it.auth.jwt.required,
            |it, on| it.auth.jwt.required = on,
        ),
        "The start fails while an issuer cannot be reached; otherwise its tokens are refused until then.",
    ),
    Setting::new(
        "auth.jwt.bound",
        "MCP_AUTH_JWT_BOUND",
        Kind::Switch(|it| it.auth.jwt.bound, |it, on| it.auth.jwt.bound = on),
        "Tokens must be bound to a key of their client (DPoP, or a client certificate).",
    ),
];

fn check_issuer(url: &str) -> Result<(), Problem> {
    let faults = Jwt::issuer(url).audience(["any"]).faults(&[]);
    match faults.first() {
        None => Ok(()),
        Some(_) => Err(Problem::new(
            url,
            "",
            "write the https URL of an issuer, letter for letter as in its tokens",
        )),
    }
}

fn check_algorithm(name: &str) -> Result<(), Problem> {
    let parsed = name.parse::<SigningAlgorithm>();
    parsed
        .map(drop)
        .map_err(|help| Problem::new(name, "", help))
}
