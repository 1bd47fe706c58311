//! `[auth.mtls]`.

use super::Setting;
use crate::config::kind::Kind;
use crate::config::problem::Problem;

pub(super) const ROWS: &[Setting] = &[
    Setting::new(
        "auth.mtls.enabled",
        "MCP_AUTH_MTLS_ENABLED",
        Kind::Switch(
            |it| it.auth.mtls.enabled,
            |it, on| it.auth.mtls.enabled = on,
        ),
        "A client certificate verified by TLS identifies the caller.",
    ),
    Setting::new(
        "auth.mtls.scopes",
        "MCP_AUTH_MTLS_SCOPES",
        Kind::Texts(|it| &mut it.auth.mtls.scopes, check_scopes),
        "The scopes of callers with certificates, each as `name=scope+scope`.",
    ),
];

fn check_scopes(text: &str) -> Result<(), Problem> {
    let parts = text.rsplit_once('=');
    let fits = parts.is_some_and(|(name, scopes)| {
        !name.is_empty() && scopes.split('+').all(|scope| !scope.is_empty())
    });
    let help = "write the name in the certificate and its scopes, such as spiffe://example.com/billing=orders:read";
    fits.then_some(())
        .ok_or_else(|| Problem::new(text, "", help))
}
