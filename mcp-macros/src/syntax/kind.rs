//! What can be declared: tools, resources and prompts, and the words for them.

use syn::Attribute;

use super::attribute;

/// The kinds of declared functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Tool,
    Resource,
    Prompt,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Tool, Self::Resource, Self::Prompt];

    /// The kind that an attribute declares.
    pub(crate) fn of(attribute: &Attribute) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| attribute::is(attribute, kind.noun()))
    }

    /// The word for one, which is the name of its attribute too.
    pub(crate) const fn noun(self) -> &'static str {
        match self {
            Self::Tool => attribute::TOOL,
            Self::Resource => attribute::RESOURCE,
            Self::Prompt => attribute::PROMPT,
        }
    }

    /// The word for several, which is the name of their list too.
    pub(crate) const fn plural(self) -> &'static str {
        match self {
            Self::Tool => "tools",
            Self::Resource => "resources",
            Self::Prompt => "prompts",
        }
    }

    /// The attribute, as a person writes it.
    pub(crate) const fn attribute(self) -> &'static str {
        match self {
            Self::Tool => "#[tool]",
            Self::Resource => "#[resource(\"..\")]",
            Self::Prompt => "#[prompt]",
        }
    }
}
