//! A server as clients and registries take it: entries of their configurations, bundles, `server.json`.
//!
//! Invariants: an edit of somebody's file changes the entry and nothing else, keeps comments and order, and is checked
//! by reading the file before and after; what cannot be kept is refused in words. While a server serves, nothing
//! here runs but the making of entries, for its page.

pub(crate) mod bundle;
pub(crate) mod client;
pub(crate) mod diff;
mod edit;
pub(crate) mod listing;
mod zip;

/// The server as others describe it.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    /// The machine-readable name.
    pub name: String,
    /// The name for people.
    pub title: Option<String>,
    pub version: String,
    /// One line.
    pub description: String,
    /// A page for people.
    pub website: Option<String>,
    /// The names and descriptions of the tools.
    pub tools: Vec<(String, String)>,
}

/// The way in which a client reaches the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Launch {
    /// The client starts the program, and speaks over stdio.
    Command { path: String, args: Vec<String> },
    /// The server runs, and speaks Streamable HTTP at this URL.
    Url(String),
}

impl Launch {
    /// The words of the command, for a shell.
    fn shell(&self) -> String {
        match self {
            Self::Command { path, args } => {
                let words = std::iter::once(path).chain(args);
                words.map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
            }
            Self::Url(url) => quoted(url),
        }
    }
}

/// A word as a POSIX shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "/._-:=@%+,".contains(it);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
