//! What rustc is to say in its own time, after its own errors.

use proc_macro2::Span;

/// A text at a place.
#[derive(Debug)]
pub(crate) struct Notice {
    pub(crate) at: Span,
    pub(crate) text: String,
    pub(crate) level: Level,
}

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// Something to reconsider.
    Warning,
    /// An error, but only if nothing else is wrong.
    LastResort,
}

impl Notice {
    /// What `syn` cannot read, rustc has complained about; should it not have, silence would be worse than this.
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
