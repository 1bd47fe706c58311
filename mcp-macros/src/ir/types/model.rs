//! One `#[model]`.

/// The traits that are derived for the type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Model {
    /// True if it is read from JSON.
    pub(crate) input: bool,
    /// True if it is written as JSON.
    pub(crate) output: bool,
    /// True if its schema is derived here, not by its author.
    pub(crate) schema: bool,
    /// Its rules, if they are derived here.
    pub(crate) rules: Rules,
}

/// Rules of `validator`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rules {
    /// There are none.
    None,
    /// There are rules that the runtime does not check.
    Unchecked,
    /// The rules concern its own fields.
    Flat,
    /// Some fields use the rules of their types.
    Nested,
}
