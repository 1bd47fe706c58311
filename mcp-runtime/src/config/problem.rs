//! A value that a setting cannot have.
//!
//! Kinds report problems without knowing where the value was written; the layer adds the position. A secret's problem
//! has [`HIDDEN`] as its value.

/// A value that is not shown.
pub(crate) const HIDDEN: &str = "[hidden]";

/// A value that a setting cannot have: the value, the reason, and the remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The value as it was written, or [`HIDDEN`].
    pub value: String,
    /// The reason; empty if the remedy implies it.
    pub what: String,
    /// The remedy.
    pub help: String,
}

impl Problem {
    /// Creates the problem from its parts.
    pub(crate) fn new(
        value: impl Into<String>,
        what: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        let (value, what, help) = (value.into(), what.into(), help.into());
        Self { value, what, help }
    }

    /// The reason and the remedy in one line.
    pub(crate) fn advice(&self) -> String {
        if self.what.is_empty() {
            return self.help.clone();
        }
        format!("{}; {}", self.what, self.help)
    }
}
