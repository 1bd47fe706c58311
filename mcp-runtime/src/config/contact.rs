//! The contact of `security.txt` (RFC 9116).

use super::problem::Problem;

/// Returns the URI of a contact; an email address becomes one.
pub(crate) fn uri(text: String) -> String {
    if text.contains('@') && !text.contains(':') {
        return format!("mailto:{text}");
    }
    text
}

/// Checks the URI of a contact.
pub(super) fn check(uri: &str) -> Result<(), Problem> {
    let known = ["https://", "mailto:", "tel:"];
    let rest = known.iter().find_map(|scheme| uri.strip_prefix(scheme));
    let help = "write an email address, or a URI such as https://example.com/security";
    rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_graphic()))
        .then_some(())
        .ok_or_else(|| Problem::new(uri, "", help))
}
