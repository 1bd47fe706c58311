//! What can be declared: tools, resources and prompts, and how messages call one of them.

use std::fmt;

/// The kinds of declared functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Called by the model.
    Tool,
    /// Read by the application.
    Resource,
    /// Chosen by the user.
    Prompt,
}

impl Kind {
    /// The word for one.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Tool => "tool",
            Self::Resource => "resource",
            Self::Prompt => "prompt",
        }
    }
}

/// One declared function, as messages call it: ``tool `add` ``.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item<'a> {
    pub kind: Kind,
    pub name: &'a str,
}

impl fmt::Display for Item<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.kind.noun(), self.name)
    }
}
