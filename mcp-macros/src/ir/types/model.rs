//! One `#[model]`.

/// The traits that are derived for the type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Model {
    /// It is read from JSON.
    pub(crate) input: bool,
    /// It is written as JSON.
    pub(crate) output: bool,
    /// Its schema is made, unless its author derives it.
    pub(crate) schema: bool,
    /// Its rules, unless its author derives them.
    pub(crate) rules: Rules,
}

/// Rules of `validator`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rules {
    /// There are none.
    None,
    /// The runtime checks none.
    Unchecked,
    /// They are about its own fields.
    Flat,
    /// Some go on to the rules of a field's own type.
    Nested,
}
