//! A server in the formats of clients and registries: entries of configurations, bundles, `server.json`.
//!
//! Invariants: an edit of a user's file changes the entry and nothing else, keeps comments and order, and is verified
//! by parsing the file before and after; an edit that cannot keep them is refused with the reason. While a server
//! serves, this module only makes entries for its page.

pub(crate) mod bundle;
pub(crate) mod client;
pub(crate) mod diff;
mod edit;
pub(crate) mod listing;
mod zip;

/// The description of the server.
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

/// The method by which a client reaches the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Launch {
    /// The client starts the program, and uses stdio.
    Command { path: String, args: Vec<String> },
    /// The server runs, and serves Streamable HTTP at this URL.
    Url(String),
}

impl Launch {
    /// The arguments of the command, quoted for a shell.
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

/// An argument, quoted for a POSIX shell.
fn quoted(word: &str) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "/._-:=@%+,".contains(it);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
