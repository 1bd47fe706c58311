//! The problems of arguments, described such that a model can correct them.
//!
//! At most 20 problems are written, the rest is counted. A problem has two parts, the expectation and the given value;
//! for a redacted parameter the second is omitted, and so are names in paths that the caller has chosen.

use std::fmt::{self, Display, Write as _};

use super::path::{Name, Path};
use crate::handler::spec::kind::Item;

/// The maximum number of problems that one response lists.
const MOST: usize = 20;

/// One problem: the fault, and the part of the text that shows the value, which a redacted parameter omits.
#[derive(Debug)]
pub(super) struct Fault {
    says: String,
    shows: String,
}

impl Fault {
    pub(super) fn new(says: impl Into<String>) -> Self {
        Self {
            says: says.into(),
            shows: String::new(),
        }
    }

    pub(super) fn showing(mut self, shows: impl Into<String>) -> Self {
        self.shows = shows.into();
        self
    }

    /// The same, about the name of a member.
    pub(super) fn about_name(self) -> Self {
        if !self.says.starts_with("must") {
            return self;
        }
        Self {
            says: format!("has a member whose name {}", self.says),
            ..self
        }
    }

    /// The fault of a value that should have been something else.
    pub(super) fn wanted(wanted: impl Display, given: impl Display) -> Self {
        Self::new(format!("must be {wanted}")).showing(format!(", was {given}"))
    }
}

/// The problems of the arguments of one call, each with its path.
#[derive(Debug, Default)]
pub struct Problems {
    /// The first problems, up to the maximum of a response.
    found: Vec<String>,
    count: usize,
    at: String,
    redact: bool,
}

impl Problems {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// An empty list for problems below the parameter `name`.
    pub(super) fn under(name: &str, redact: bool) -> Self {
        Self {
            found: Vec::new(),
            count: 0,
            at: name.to_owned(),
            redact,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(super) fn into_list(self) -> Vec<String> {
        self.found
    }

    pub(super) fn extend(&mut self, other: Self) {
        if other.is_empty() {
            return;
        }
        self.count += other.count;
        let room = MOST.saturating_sub(self.found.len());
        self.found.extend(other.found.into_iter().take(room));
    }

    /// Counts a problem, and writes it if the maximum is not reached.
    fn push(&mut self, write: impl FnOnce(&Self) -> String) {
        self.count += 1;
        if self.found.len() < MOST {
            self.found.push(write(self));
        }
    }

    /// Records a problem of the parameter itself.
    pub(super) fn note(&mut self, fault: &Fault) {
        self.note_in("", fault);
    }

    /// Records a problem of the part at the rendered `path`.
    pub(super) fn note_in(&mut self, path: &str, fault: &Fault) {
        self.push(|this| this.sentence(path, fault));
    }

    /// Records a problem of the part at `path`.
    pub(super) fn note_at(&mut self, path: &Path<'_>, fault: impl FnOnce() -> Fault) {
        self.push(|this| {
            if this.redact {
                this.sentence(path.declared(), &fault())
            } else {
                this.sentence(path, &fault())
            }
        });
    }

    fn sentence(&self, path: impl Display, fault: &Fault) -> String {
        let says = &fault.says;
        let shows = if self.redact { "" } else { &fault.shows };
        let at = format!("{}{path}", self.at);
        // The members of a flattened struct are arguments.
        let at = match at.strip_prefix('.') {
            Some(member) => member,
            None if at.is_empty() => "arguments",
            None => &at,
        };
        format!("`{at}` {says}{shows}")
    }

    pub(super) fn missing(&mut self, name: &str, fault: &Fault) {
        self.push(|_| format!("`{name}` {}", fault.says));
    }

    pub(super) fn repeated(&mut self, name: &str) {
        self.push(|_| format!("`{name}` is given more than once"));
    }

    /// Records an argument that was sent under two of its names.
    pub(super) fn twice(&mut self, first: &str, second: &str) {
        self.push(|_| {
            format!("`{first}` and `{second}` are the same argument; send `{first}` only")
        });
    }

    pub(super) fn unknown(&mut self, name: &str, near: Option<&str>, known: &[&str], noun: &str) {
        self.push(|_| {
            let hint = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None if known.is_empty() => format!("this {noun} takes no arguments"),
                None => format!("the arguments are `{}`", known.join("`, `")),
            };
            format!("`{}` is not an argument; {hint}", Name(name))
        });
    }

    /// Records a problem found by a check outside this module.
    #[cfg(feature = "json-schema")]
    pub(crate) fn foreign(&mut self, path: &str, text: &str) {
        let at = if path.is_empty() { "arguments" } else { path };
        self.push(|_| format!("`{at}` {text}"));
    }

    /// The text that the model reads.
    pub(crate) fn describe(&self, item: Item<'_>) -> String {
        let text = match self.count {
            1 => format!("the arguments of {item} do not fit; correct this and call again:"),
            many => format!(
                "the arguments of {item} do not fit; correct these {many} problems and call again:"
            ),
        };
        self.listed_after(text)
    }

    /// The same for the content of a form.
    pub(in crate::handler) fn describe_form(&self) -> String {
        let text = match self.count {
            1 => "the content does not fit the form; correct this and send it again:".to_owned(),
            many => format!(
                "the content does not fit the form; correct these {many} problems and send it again:"
            ),
        };
        self.listed_after(text)
    }

    /// The problems, joined.
    pub(crate) fn in_a_row(&self) -> String {
        self.found.join("; ")
    }

    fn listed_after(&self, mut text: String) -> String {
        for problem in &self.found {
            let _ = write!(text, "\n- {problem}");
        }
        if let Some(more @ 1..) = self.count.checked_sub(self.found.len()) {
            let _ = write!(text, "\n- and {more} more");
        }
        text
    }
}

/// Returns the one of `known` that `given` most likely means.
///
/// By the number of edits, ignoring case and separators; a name of more than 128 bytes has none.
/// Costs the product of the lengths for each known name.
pub(crate) fn nearest<'a>(given: &str, known: &[&'a str]) -> Option<&'a str> {
    if given.len() > 128 {
        return None;
    }
    let fold = |text: &str| {
        text.chars()
            .filter(|c| !matches!(c, '_' | '-' | ' '))
            .flat_map(char::to_lowercase)
            .collect::<String>()
    };
    let given = fold(given);
    known
        .iter()
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&given, &fold(candidate)),
                *candidate,
            )
        })
        // Two single letters are not similar for differing in one place.
        .filter(|(distance, candidate)| {
            *distance <= 1 + candidate.len() / 5 && *distance < candidate.len()
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `"a", "b", "c"`.
pub(super) fn quoted_list(items: &[&str]) -> String {
    items
        .iter()
        .map(|item| format!("\"{item}\""))
        .collect::<Vec<_>>()
        .join(", ")
}

/// A string as a problem shows it: quoted, and cut when long.
pub(super) struct Given<'a>(pub &'a str);

impl Display for Given<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 64;
        match self.0.char_indices().nth(MOST) {
            Some((end, _)) => write!(f, "{:?}…", &self.0[..end]),
            None => write!(f, "{:?}", self.0),
        }
    }
}
