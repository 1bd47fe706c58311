//! Mistakes in the configuration, in the form of a compiler's.
//!
//! A mistake has a description, a position and a remedy; it is rendered as a compiler renders errors. All mistakes are
//! reported together, so that a configuration is corrected once.

use std::fmt;

use super::problem::Problem;
use super::tree::Position;

/// One mistake: its description, its position, and the remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    text: String,
    position: Option<String>,
    help: Option<String>,
}

impl Mistake {
    /// A mistake without a position and a remedy.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            position: None,
            help: None,
        }
    }

    /// The mistake of a value that the setting `name` cannot have.
    pub(crate) fn value(name: &str, problem: &Problem) -> Self {
        let Problem { value, what, help } = problem;
        let what = if what.is_empty() {
            String::new()
        } else {
            format!(": {what}")
        };
        Self::new(format!("{name} is {value:?}{what}")).help(help)
    }

    /// Sets its position in a file.
    pub(crate) fn at(mut self, file: &str, position: Position) -> Self {
        self.position = Some(format!("{file}:{}:{}", position.line, position.column));
        self
    }

    /// Sets the remedy.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the suggestion of a name, if there is one.
    pub(crate) fn meant(self, nearest: Option<&str>) -> Self {
        match nearest {
            Some(nearest) => self.help(format!("did you mean `{nearest}`?")),
            None => self,
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        if let Some(position) = &self.position {
            write!(f, "\n --> {position}")?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}

/// Renders mistakes one after the other; the caller prints `error: ` before the first.
pub(crate) fn render(mistakes: &[Mistake]) -> String {
    let texts: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
    texts.join("\nerror: ")
}
