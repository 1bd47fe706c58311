//! One difference between a tool as it was and as it is.

use std::fmt;

/// A difference, and whether callers notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub tool: String,
    pub what: String,
    pub breaks: bool,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.tool, self.what)
    }
}

/// What became of the set of values that a schema allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Fewer values.
    Narrower,
    /// More values.
    Wider,
    /// Other values.
    Other,
    /// The same values, described in other words.
    None,
    /// Something that a caller may have relied on is gone, whichever way it travels.
    Lost,
}

/// Which way the values travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// From the caller, who must go on being understood.
    Input,
    /// To the caller, who must go on understanding.
    Output,
}

impl Direction {
    pub(super) fn breaks(self, effect: Effect) -> bool {
        match (self, effect) {
            (_, Effect::Other | Effect::Lost)
            | (Self::Input, Effect::Narrower)
            | (Self::Output, Effect::Wider) => true,
            (_, Effect::None) | (Self::Input, Effect::Wider) | (Self::Output, Effect::Narrower) => {
                false
            }
        }
    }
}
