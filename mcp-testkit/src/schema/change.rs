//! One difference between an earlier tool and the current one.

use std::fmt;

/// A difference, with its effect on callers.
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

/// The effect of a change on the set of values that a schema allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Fewer values.
    Narrower,
    /// More values.
    Wider,
    /// Other values.
    Other,
    /// The same values, with another description.
    None,
    /// A part that callers may rely on is gone, in either direction.
    Lost,
}

/// The direction in which the values travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// From the caller, whose values must still be accepted.
    Input,
    /// To the caller, which must still accept the values.
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
