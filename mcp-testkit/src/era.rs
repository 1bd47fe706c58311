//! The protocol revisions, for tests that run once in each.

use mcp_runtime::Version;

/// All revisions, newest first.
pub const ALL: [Version; 5] = Version::ALL;
/// The current, stateless revision.
pub const MODERN: Version = Version::LATEST;
/// The revisions that open with `initialize`, newest first.
pub const LEGACY: [Version; 4] = [
    Version::V2025_11_25,
    Version::V2025_06_18,
    Version::V2025_03_26,
    Version::V2024_11_05,
];
