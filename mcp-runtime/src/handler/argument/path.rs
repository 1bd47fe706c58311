//! The path from a parameter to a part of its value.
//!
//! A path is a list of borrowed parts on the stack: a valid value allocates nothing. Names chosen by a caller are cut
//! to 64 characters, and their control characters replaced.

use std::fmt::{self, Display};

/// A part of a parameter's value; rendered only for a problem.
#[derive(Clone, Copy, Debug)]
pub(super) enum Path<'p> {
    /// The whole.
    Whole,
    Member(&'p Path<'p>, &'p str),
    /// A member of a map, whose name is data.
    Entry(&'p Path<'p>, &'p str),
    Item(&'p Path<'p>, usize),
}

impl Path<'_> {
    /// The path without names chosen by the caller.
    pub(super) fn declared(&self) -> impl Display {
        Declared(self)
    }
}

struct Declared<'p>(&'p Path<'p>);

impl Display for Declared<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Path::Whole => Ok(()),
            Path::Member(parent, name) => write!(f, "{}.{name}", Declared(parent)),
            Path::Entry(parent, _) => write!(f, "{}.*", Declared(parent)),
            Path::Item(parent, index) => write!(f, "{}[{index}]", Declared(parent)),
        }
    }
}

impl Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => Ok(()),
            Self::Member(parent, name) => write!(f, "{parent}.{name}"),
            Self::Entry(parent, name) => write!(f, "{parent}.{}", Name(name)),
            Self::Item(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// A name chosen by a caller: on one line, and cut when long.
pub(super) struct Name<'a>(pub &'a str);

impl Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 64;
        for c in self.0.chars().take(MOST) {
            write!(f, "{}", if c.is_control() { '\u{fffd}' } else { c })?;
        }
        if self.0.chars().nth(MOST).is_some() {
            f.write_str("…")?;
        }
        Ok(())
    }
}
