//! What is wrong with arguments, in words that a model can repair them by.

use std::fmt::{self, Display, Write as _};

use serde_json::Value;

use crate::handler::spec::kind::Item;

/// How many problems one answer lists.
const MOST: usize = 20;

/// One problem: what is wrong, and the part of the text that shows the value, which a redacted parameter leaves out.
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

    /// A value that should have been something else.
    pub(super) fn wanted(wanted: impl Display, given: impl Display) -> Self {
        Self::new(format!("must be {wanted}")).showing(format!(", was {given}"))
    }
}

/// What is wrong with the arguments of one call, each with its path.
#[derive(Debug, Default)]
pub struct Problems {
    found: Vec<String>,
    at: String,
    redact: bool,
}

impl Problems {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// An empty list for what is found below the parameter `name`.
    pub(super) fn under(name: &str, redact: bool) -> Self {
        Self {
            found: Vec::new(),
            at: name.to_owned(),
            redact,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.found.len()
    }

    pub(super) fn into_list(self) -> Vec<String> {
        self.found
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.found.extend(other.found);
    }

    /// Notes a problem of the parameter itself.
    pub(super) fn note(&mut self, fault: &Fault) {
        self.note_at("", fault);
    }

    /// Notes a problem of the part at `path`.
    pub(super) fn note_at(&mut self, path: &str, fault: &Fault) {
        let (at, says) = (&self.at, &fault.says);
        let shows = if self.redact { "" } else { &fault.shows };
        self.found.push(format!("`{at}{path}` {says}{shows}"));
    }

    pub(super) fn missing(&mut self, name: &str, schema: &Value) {
        let what = expected(schema)
            .map(|kind| format!(" ({kind})"))
            .unwrap_or_default();
        self.found.push(format!("`{name}` is missing{what}"));
    }

    pub(super) fn repeated(&mut self, name: &str) {
        self.found.push(format!("`{name}` is given more than once"));
    }

    pub(super) fn unknown(&mut self, name: &str, known: &[&str]) {
        let hint = match nearest(name, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "this tool takes no arguments".to_owned(),
            None => format!("the arguments are `{}`", known.join("`, `")),
        };
        self.found
            .push(format!("{} is not an argument; {hint}", Ticked(name)));
    }

    pub(super) fn undecodable(&mut self, error: &serde_json::Error) {
        // serde_json appends a position in a text that the client never sees.
        let text = error.to_string();
        let text = text.split(" at line ").next().unwrap_or(&text);
        self.note(&Fault::new("is not valid").showing(format!(": {text}")));
    }

    /// Notes a problem found by a check outside this module.
    #[cfg(feature = "json-schema")]
    pub(crate) fn foreign(&mut self, path: &str, text: &str) {
        let at = if path.is_empty() { "arguments" } else { path };
        self.found.push(format!("`{at}` {text}"));
    }

    /// The text that the model reads.
    pub(crate) fn describe(&self, item: Item<'_>) -> String {
        let text = match self.found.len() {
            1 => format!("the arguments of {item} do not fit; correct this and call again:"),
            many => format!(
                "the arguments of {item} do not fit; correct these {many} problems and call again:"
            ),
        };
        self.listed_after(text)
    }

    /// The same for the content of a form.
    pub(in crate::handler) fn describe_form(&self) -> String {
        let text = match self.found.len() {
            1 => "the content does not fit the form; correct this and send it again:".to_owned(),
            many => format!(
                "the content does not fit the form; correct these {many} problems and send it again:"
            ),
        };
        self.listed_after(text)
    }

    /// The problems one after another.
    pub(crate) fn in_a_row(&self) -> String {
        self.found
            .iter()
            .take(MOST)
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("; ")
    }

    fn listed_after(&self, mut text: String) -> String {
        for problem in self.found.iter().take(MOST) {
            let _ = write!(text, "\n- {problem}");
        }
        if let Some(more @ 1..) = self.found.len().checked_sub(MOST) {
            let _ = write!(text, "\n- and {more} more");
        }
        text
    }
}

/// What a schema wants, in words: `an integer`, `one of "a", "b"`.
pub(super) fn expected(schema: &Value) -> Option<String> {
    if let Some(allowed) = schema.get("enum").and_then(Value::as_array) {
        let allowed: Vec<String> = allowed.iter().map(Value::to_string).collect();
        return Some(format!("one of {}", allowed.join(", ")));
    }
    if let Some(only) = schema.get("const") {
        return Some(only.to_string());
    }
    let word = |kind: &str| match kind {
        "integer" => "an integer".to_owned(),
        "array" => "an array".to_owned(),
        "object" => "an object".to_owned(),
        other => format!("a {other}"),
    };
    match schema.get("type")? {
        Value::String(kind) => Some(word(kind)),
        Value::Array(kinds) => Some(
            kinds
                .iter()
                .filter_map(Value::as_str)
                .map(word)
                .collect::<Vec<_>>()
                .join(" or "),
        ),
        _ => None,
    }
}

/// A value as a problem shows it.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => Given(text).to_string(),
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "an array".to_owned(),
        scalar => scalar.to_string(),
    }
}

/// A name in backticks, cut when long.
struct Ticked<'a>(&'a str);

impl Display for Ticked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: String = self
            .0
            .chars()
            .take(64)
            .map(|c| if c.is_control() { '\u{fffd}' } else { c })
            .collect();
        write!(f, "`{shown}`")
    }
}

/// The one of `known` that `given` most likely means.
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
        // Two single letters are not alike only because they differ in one place.
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
