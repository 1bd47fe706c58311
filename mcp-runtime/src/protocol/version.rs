//! The supported protocol revisions.

use std::fmt;

/// A protocol revision, ordered by age.
///
/// `2026-07-28` is stateless: version and capabilities travel with each request.
/// The older ones open with the `initialize` handshake and are called *legacy* here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Version {
    /// 2024-11-05, the first revision; used by hosts of that year over stdio.
    V2024_11_05,
    /// 2025-03-26, the only revision with JSON-RPC batches.
    V2025_03_26,
    /// 2025-06-18.
    V2025_06_18,
    /// 2025-11-25, the last revision with a handshake.
    V2025_11_25,
    /// 2026-07-28, stateless.
    V2026_07_28,
}

impl Version {
    /// All revisions, newest first, as `server/discover` lists them.
    pub const ALL: [Self; 5] = [
        Self::V2026_07_28,
        Self::V2025_11_25,
        Self::V2025_06_18,
        Self::V2025_03_26,
        Self::V2024_11_05,
    ];
    /// The current revision.
    pub const LATEST: Self = Self::V2026_07_28;
    /// The newest revision with `initialize`; the response to a handshake that requests an unknown one.
    pub const LATEST_LEGACY: Self = Self::V2025_11_25;

    /// Returns the revision as on the wire, for example `2026-07-28`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2024_11_05 => "2024-11-05",
            Self::V2025_03_26 => "2025-03-26",
            Self::V2025_06_18 => "2025-06-18",
            Self::V2025_11_25 => "2025-11-25",
            Self::V2026_07_28 => "2026-07-28",
        }
    }

    /// Parses the revision `text`, if it is one of [`Version::ALL`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|version| version.as_str() == text)
    }

    /// Returns `true` if this revision opens with the `initialize` handshake.
    pub const fn is_legacy(self) -> bool {
        !matches!(self, Self::V2026_07_28)
    }

    /// The position in [`Version::ALL`], for tables with one entry per revision.
    pub(crate) const fn index(self) -> usize {
        match self {
            Self::V2026_07_28 => 0,
            Self::V2025_11_25 => 1,
            Self::V2025_06_18 => 2,
            Self::V2025_03_26 => 3,
            Self::V2024_11_05 => 4,
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
