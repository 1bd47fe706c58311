//! Texts that rustc prints in its own time, after its own errors.

use proc_macro2::Span;

/// A text at a place.
#[derive(Debug)]
pub(crate) struct Notice {
    pub(crate) at: Span,
    pub(crate) text: String,
    pub(crate) level: Level,
}

/// The weight of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// Something to reconsider.
    Warning,
    /// An error, but only if nothing else is wrong.
    LastResort,
}

impl Notice {
    /// The last resort for an item that `syn` cannot read: rustc has complained about it already, or else says this.
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
