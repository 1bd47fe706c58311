//! Settings that are documented, and that this program does not have: each stops the start.

use super::Setting;

#[cfg(not(feature = "auth"))]
const NO_TOKENS: &str = "it was built without the feature `auth`";
#[cfg(not(feature = "tls"))]
const NO_TLS: &str = "it was built without the feature `tls`";

/// The names of tokens.
#[cfg(not(feature = "auth"))]
pub(super) const TOKENS: &[Setting] = &[
    Setting::absent("auth.jwt.issuer", "MCP_OAUTH_ISSUER", NO_TOKENS),
    Setting::absent("auth.jwt.audience", "MCP_OAUTH_AUDIENCE", NO_TOKENS),
    Setting::absent("auth.jwt.secret_key", "MCP_JWT_SECRET_KEY", NO_TOKENS),
];

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
    Setting::absent(
        "store.redis",
        "MCP_REDIS_URL",
        "this version has no store that instances share",
    ),
];
