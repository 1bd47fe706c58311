//! The contact of `security.txt` (RFC 9116, section 2.5.3): a URI.

use super::problem::Problem;

/// Returns the URI of a contact: an email address becomes a `mailto:` URI, everything else is unchanged.
pub(crate) fn uri(text: String) -> String {
    if text.is_empty() || text.contains('@') && !text.contains(':') {
        return format!("mailto:{text}");
    }
    text
}

/// Checks a contact.
pub(super) fn check(uri: &str) -> Result<(), Problem> {
    let known = ["https://", "mailto:", "tel:"];
    let rest = known.iter().find_map(|scheme| uri.strip_prefix(scheme));
    let fits =
        rest.is_some_and(|it| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_graphic()));
    let help = "write an email address, or a URI such as https://example.com/security";
    fits.then_some(())
        .ok_or_else(|| Problem::new(uri, "", help))
}
