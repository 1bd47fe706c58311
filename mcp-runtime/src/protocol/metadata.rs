//! `_meta` of results and descriptions: members that a program adds.

use serde_json::{Map, Value};

/// Returns `true` if the protocol reserves this key of `_meta`: its prefix has `modelcontextprotocol` or `mcp` as the
/// second label.
///
/// [MCP 2026-07-28, `_meta`](https://modelcontextprotocol.io/specification/2026-07-28/basic#meta).
pub(crate) fn is_reserved(key: &str) -> bool {
    let prefix = key.split_once('/').map(|(prefix, _)| prefix);
    let second = prefix.and_then(|prefix| prefix.split('.').nth(1));
    matches!(second, Some("modelcontextprotocol" | "mcp"))
}

/// Adds a member of the program to a `_meta`.
pub(super) fn insert(meta: &mut Option<Map<String, Value>>, key: String, value: Value) {
    if is_reserved(&key) {
        tracing::warn!(
            key,
            "the protocol has reserved this key of `_meta`; use a prefix of your own"
        );
    } else {
        meta.get_or_insert_default().insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::meta::SERVER_INFO;

    #[test]
    fn the_second_label_of_a_prefix_reserves_it() {
        for reserved in [
            "io.modelcontextprotocol/x",
            "dev.mcp/x",
            "com.mcp.tools/x",
            SERVER_INFO,
        ] {
            assert!(is_reserved(reserved), "{reserved}");
        }
        for free in [
            "x",
            "com.example/x",
            "com.example.mcp/x",
            "mcp/x",
            "mcp-runtime/retryAfterSeconds",
        ] {
            assert!(!is_reserved(free), "{free}");
        }
    }
}
