//! SHA-256.

#[cfg(any(feature = "cli", feature = "skills", feature = "otel"))]
use std::fmt::Write as _;

use ring::digest::{Context, SHA256};

/// Returns the digest of `parts`, one after the other.
#[cfg(any(
    feature = "auth",
    feature = "cli",
    feature = "otel",
    feature = "skills",
    feature = "tls"
))]
pub(crate) fn sha256<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    finish(context)
}

/// Returns the digest of `parts`, each after its length, so that no other parts have the same.
pub(crate) fn sha256_framed<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_le_bytes());
        context.update(part);
    }
    finish(context)
}

fn finish(context: Context) -> [u8; 32] {
    // A digest of SHA-256 has 32 bytes.
    context.finish().as_ref().try_into().unwrap_or_default()
}

/// Returns the digest of `bytes`, as 64 lower-case hexadecimal digits.
#[cfg(any(feature = "cli", feature = "skills", feature = "otel"))]
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    let digest = sha256([bytes]);
    digest.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
