//! The conditions under which the page to try the server is served.

use super::problem::Problem;

/// The servers that have the page to try them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    /// Debug builds that listen themselves.
    Debug,
    /// Every one.
    Always,
    /// None.
    Never,
}

impl Page {
    /// The value in `mcp.toml`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Always => "always",
            Self::Never => "never",
        }
    }

    /// Parses the value of `mcp.toml`.
    pub(crate) fn read(text: &str) -> Result<Self, Problem> {
        let all = [Self::Debug, Self::Always, Self::Never];
        let found = all.into_iter().find(|page| page.as_str() == text);
        found.ok_or_else(|| Problem::new(text, "", "write debug, always or never"))
    }

    /// Returns true if a server that listens itself has the page.
    pub(crate) fn is_served(self) -> bool {
        cfg!(feature = "page") && self.is_served_by(cfg!(debug_assertions))
    }

    fn is_served_by(self, is_debug: bool) -> bool {
        match self {
            Self::Debug => is_debug,
            Self::Always => true,
            Self::Never => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_build_has_the_page_only_if_it_is_asked_for() {
        assert!(!Page::Debug.is_served_by(false));
        assert!(Page::Debug.is_served_by(true));
        assert!(Page::Always.is_served_by(false));
        assert!(!Page::Never.is_served_by(true));
    }
}
