//! A value as it was written, before the kind of its setting is known.
//!
//! TOML has types, the environment and flags have texts. A raw value is their common form: a list may be written
//! `["a", "b"]` or `a,b`, and the kind of the setting reads both alike.

use super::problem::Problem;

/// A value as it was written: numbers and the like as their text.
#[derive(Clone, Debug)]
pub(crate) enum Raw {
    /// One value, or the entries of a list with commas between.
    Text(String),
    /// The entries of a list.
    List(Vec<String>),
    /// The keys of a table with their values.
    Pairs(Vec<(String, String)>),
}

impl Raw {
    /// The entries of a list; those of a text are separated by commas.
    pub(super) fn entries(&self) -> Vec<String> {
        match self {
            Self::List(entries) => entries.clone(),
            Self::Text(text) => {
                let entries = text.split(',').map(str::trim).map(str::to_owned);
                entries.filter(|entry| !entry.is_empty()).collect()
            }
            Self::Pairs(pairs) => pairs
                .iter()
                .map(|(key, value)| format!("{key}={value}"))
                .collect(),
        }
    }

    /// The pairs of a table; those of a text are written `a=1,b=2`.
    pub(super) fn pairs(&self) -> Result<Vec<(String, String)>, Problem> {
        if let Self::Pairs(pairs) = self {
            return Ok(pairs.clone());
        }
        let pair = |entry: String| match entry.split_once('=') {
            Some((key, value)) => Ok((key.trim().to_owned(), value.trim().to_owned())),
            None => Err(Problem::new(
                entry,
                "it has no `=`",
                "write for example gold=1000/min",
            )),
        };
        self.entries().into_iter().map(pair).collect()
    }

    /// The one value, without spaces around it.
    pub(super) fn text(&self) -> Result<&str, Problem> {
        match self {
            Self::Text(text) => Ok(text.trim()),
            Self::List(_) | Self::Pairs(_) => {
                let problem = Problem::new(self.shown(), "it is not one value", "write one value");
                Err(problem)
            }
        }
    }

    /// The value in one line.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::List(_) | Self::Pairs(_) => self.entries().join(","),
        }
    }
}
