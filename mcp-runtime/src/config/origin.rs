//! The origin of a value.
//!
//! Kept with each value, since with several layers the first question about a setting is where it was set.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use super::tree::Position;

/// The place that a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The default: it is not set anywhere.
    Default,
    /// A method of the builder.
    Code,
    /// A position in a file.
    File(Arc<str>, Position),
    /// A variable.
    Environment(String),
    /// A file named by the environment, or a credential of systemd.
    Secret(PathBuf),
    /// A flag, without `--`.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Code => f.write_str("code"),
            Self::File(file, Position { line, column }) => write!(f, "{file}:{line}:{column}"),
            Self::Environment(name) => f.write_str(name),
            Self::Secret(path) => write!(f, "{}", path.display()),
            Self::Flag(flag) => write!(f, "--{flag}"),
        }
    }
}
