//! Texts that rustc prints later than its own errors.

use proc_macro2::Span;

/// A text and its position.
#[derive(Debug)]
pub(crate) struct Notice {
    pub(crate) at: Span,
    pub(crate) text: String,
    pub(crate) level: Level,
}

/// The severity of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// A warning.
    Warning,
    /// An error, reported only if nothing else is wrong.
    LastResort,
}

impl Notice {
    /// The fallback for an item that `syn` cannot parse: reported unless rustc reports an error itself.
    pub(crate) fn unreadable(at: Span, what: &str) -> Self {
        let text =
            format!("`{what}` cannot read this, and leaves it out: write it in a simpler way");
        Self {
            at,
            text,
            level: Level::LastResort,
        }
    }
}
