//! The kinds of declarations: tools, resources and prompts, and the names of items in messages.

use std::fmt;

/// The kinds of declared functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Called by the model.
    Tool,
    /// Read by the application.
    Resource,
    /// Chosen by the user.
    Prompt,
}

impl Kind {
    /// The noun for one of them.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Tool => "tool",
            Self::Resource => "resource",
            Self::Prompt => "prompt",
        }
    }
}

/// One declared function, as texts name it: ``tool `add` ``.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item<'a> {
    pub kind: Kind,
    pub name: &'a str,
}

impl<'a> Item<'a> {
    /// The name, if this is a `kind`, for the log field of that kind.
    pub(crate) fn named(self, kind: Kind) -> Option<&'a str> {
        (self.kind == kind).then_some(self.name)
    }
}

/// Writes an event about an item, with the field of its kind; the kind also begins the message.
macro_rules! event {
    ($level:ident, $item:expr, { $($fields:tt)* }, $message:literal) => {{
        let item: $crate::handler::spec::kind::Item<'_> = $item;
        tracing::$level!(
            tool = item.named($crate::handler::spec::kind::Kind::Tool),
            resource = item.named($crate::handler::spec::kind::Kind::Resource),
            prompt = item.named($crate::handler::spec::kind::Kind::Prompt),
            $($fields)*
            concat!("{} ", $message),
            item.kind.noun()
        )
    }};
}
pub(crate) use event;

impl fmt::Display for Item<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.kind.noun(), self.name)
    }
}
