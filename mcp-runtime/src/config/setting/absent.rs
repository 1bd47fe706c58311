//! Settings that are documented but absent from this program: setting one stops the start.

use super::Setting;

#[cfg(not(feature = "auth"))]
const NO_TOKENS: &str = "it was built without the feature `auth`";
#[cfg(not(feature = "tls"))]
const NO_TLS: &str = "it was built without the feature `tls`";

#[cfg(not(feature = "redis"))]
const NO_REDIS: &str = "it was built without the feature `redis`";

/// The names of tokens.
#[cfg(not(feature = "auth"))]
pub(super) const TOKENS: &[Setting] = &[
    Setting::absent("auth.jwt.issuer", "MCP_OAUTH_ISSUER", NO_TOKENS),
    Setting::absent("auth.jwt.audience", "MCP_OAUTH_AUDIENCE", NO_TOKENS),
    Setting::absent("auth.jwt.secret_key", "MCP_JWT_SECRET_KEY", NO_TOKENS),
];

/// A program with all features has no absent settings.
const _: fn(&'static str, &'static str, &'static str) -> Setting = Setting::absent;

pub(super) const ROWS: &[Setting] = &[
    #[cfg(not(feature = "page"))]
    Setting::absent(
        "server.page",
        "MCP_SERVER_PAGE",
        "it was built without the feature `page`",
    ),
    #[cfg(not(feature = "tls"))]
    Setting::absent("tls.cert", "MCP_TLS_CERT_PATH", NO_TLS),
    #[cfg(not(feature = "tls"))]
    Setting::absent("tls.key", "MCP_TLS_KEY_PATH", NO_TLS),
    #[cfg(not(feature = "tls"))]
    Setting::absent("tls.min_version", "MCP_TLS_MIN_VERSION", NO_TLS),
    #[cfg(not(feature = "tls"))]
    Setting::absent("tls.client_ca", "MCP_TLS_CLIENT_CA", NO_TLS),
    #[cfg(not(feature = "tls"))]
    Setting::absent("tls.client_auth", "MCP_TLS_CLIENT_AUTH", NO_TLS),
    #[cfg(not(feature = "otel"))]
    Setting::absent(
        "telemetry.otlp",
        "MCP_TELEMETRY_OTLP",
        "it was built without the feature `otel`",
    ),
    #[cfg(not(feature = "redis"))]
    Setting::absent("store.redis", "MCP_REDIS_URL", NO_REDIS),
    #[cfg(not(feature = "redis"))]
    Setting::absent("store.prefix", "MCP_STORE_PREFIX", NO_REDIS),
];
