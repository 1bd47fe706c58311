//! The arguments and results of the tools.

use mcp_runtime::model;

/// A note in full.
#[model(output)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The path, such as `garden/roses`.
    pub path: String,
    /// The text in Markdown.
    pub text: String,
    /// The tags, sorted.
    pub tags: Vec<String>,
    /// The number of changes of the shelf up to the last one of this note.
    pub revision: u64,
}

/// A note in short.
#[model(output)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The path.
    pub path: String,
    /// The first line of the text, without the heading mark.
    pub title: String,
    /// The tags, sorted.
    pub tags: Vec<String>,
}

/// The result of a search.
#[model(output)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The notes of this page.
    pub notes: Vec<Summary>,
    /// The number of notes on all pages.
    pub total: usize,
}

/// A change of a note.
#[model(input)]
#[derive(Clone, Debug)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Edit {
    /// Adds a text at the end.
    Append {
        /// The text.
        text: String,
    },
    /// Adds a text at the beginning.
    Prepend {
        /// The text.
        text: String,
    },
    /// Replaces each occurrence of a text.
    Replace {
        /// The text to look for.
        find: String,
        /// The replacement.
        text: String,
        /// The expected number of occurrences.
        expected: Option<usize>,
    },
    /// Replaces the text under a heading, up to the next heading.
    Section {
        /// The heading, without the `#`.
        heading: String,
        /// The new text.
        text: String,
    },
}
