//! Settings that are documented, and that this program does not have: each stops the start.

use super::Setting;

const NO_AUTH: &str = "this version does not verify callers by itself";
const NO_TLS: &str = "this version does not speak TLS by itself";

pub(super) const ROWS: &[Setting] = &[
    Setting::absent("auth.api_keys.keys", "MCP_API_KEYS", NO_AUTH),
    Setting::absent("auth.jwt.issuer", "MCP_OAUTH_ISSUER", NO_AUTH),
    Setting::absent("auth.jwt.audience", "MCP_OAUTH_AUDIENCE", NO_AUTH),
    Setting::absent("auth.jwt.secret_key", "MCP_JWT_SECRET_KEY", NO_AUTH),
    Setting::absent("tls.cert", "MCP_TLS_CERT_PATH", NO_TLS),
    Setting::absent("tls.key", "MCP_TLS_KEY_PATH", NO_TLS),
    Setting::absent(
        "store.redis",
        "MCP_REDIS_URL",
        "this version has no store that instances share",
    ),
];
