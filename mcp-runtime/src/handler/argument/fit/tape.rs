//! The values of a JSON text as places in it: read in one pass, whatever the depth, without decoding.
//!
//! A flat list of places instead of a tree: parsing cannot recurse, so that no depth overflows the stack, and a value
//! of a megabyte costs one growing allocation. The text is known to be valid JSON, as a [`RawValue`]; invalid text
//! would not panic either.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::handler::argument::path::Name;
use crate::protocol::RawStr;
use crate::protocol::json::Text;
use crate::schema::shape::Kinds;

/// All values of a JSON text, each after its container.
#[derive(Debug)]
pub(in crate::handler::argument) struct Tape<'a> {
    text: &'a str,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    start: usize,
    end: usize,
    /// The index of the entry after this value and its contents.
    next: usize,
}

impl<'a> Tape<'a> {
    pub(in crate::handler::argument) fn parse(raw: RawStr<'a>) -> Self {
        let text = raw.get();
        let bytes = text.as_bytes();
        let (mut entries, mut open) = (Vec::new(), Vec::new());
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            let start = at;
            at = match byte {
                b'{' | b'[' => {
                    open.push(entries.len());
                    at + 1
                }
                b'}' | b']' => {
                    let behind = entries.len();
                    if let Some(entry) = open.pop().and_then(|it: usize| entries.get_mut(it)) {
                        let entry: &mut Entry = entry;
                        (entry.end, entry.next) = (at + 1, behind);
                    }
                    at += 1;
                    continue;
                }
                b',' | b':' | b' ' | b'\n' | b'\r' | b'\t' => {
                    at += 1;
                    continue;
                }
                b'"' => end_of_string(bytes, at),
                _ => end_of_word(bytes, at),
            };
            entries.push(Entry {
                start,
                end: at,
                next: entries.len() + 1,
            });
        }
        Self { text, entries }
    }

    /// Returns the number of values, including names.
    pub(in crate::handler::argument) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The path to the value at `offset`, and whether that is the name of a member.
    pub(in crate::handler::argument) fn way_to(
        &self,
        offset: usize,
        shows_names: bool,
    ) -> (String, bool) {
        let (mut way, mut node) = (String::new(), self.root());
        loop {
            let is_object = node.raw().starts_with('{');
            let inner = node
                .items()
                .enumerate()
                .find(|(_, it)| it.span().contains(&offset));
            match inner {
                None => return (way, false),
                Some((place, _)) if is_object && place % 2 == 0 => return (way, true),
                Some((place, value)) => {
                    let name = node
                        .items()
                        .nth(place.saturating_sub(1))
                        .and_then(Node::text);
                    let _ = match name {
                        _ if !is_object => write!(way, "[{place}]"),
                        Some(name) if shows_names => write!(way, ".{}", Name(&name)),
                        _ => write!(way, ".*"),
                    };
                    node = value;
                }
            }
        }
    }

    /// The outermost value.
    pub(in crate::handler::argument) fn root(&self) -> Node<'_> {
        Node { tape: self, at: 0 }
    }
}

fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn end_of_word(bytes: &[u8], start: usize) -> usize {
    let rest = bytes[start..].iter();
    let length = rest
        .take_while(|byte| !matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t'))
        .count();
    start + length.max(1)
}

/// One value of a tape.
#[derive(Clone, Copy, Debug)]
pub(in crate::handler::argument) struct Node<'t> {
    tape: &'t Tape<'t>,
    at: usize,
}

impl<'t> Node<'t> {
    fn entry(self) -> &'t Entry {
        const NOTHING: Entry = Entry {
            start: 0,
            end: 0,
            next: usize::MAX,
        };
        self.tape.entries.get(self.at).unwrap_or(&NOTHING)
    }

    /// Returns the range of the value in the text.
    pub(in crate::handler::argument) fn span(self) -> std::ops::Range<usize> {
        self.entry().start..self.entry().end
    }

    /// The JSON of the value.
    pub(in crate::handler::argument) fn raw(self) -> &'t str {
        self.tape.text.get(self.span()).unwrap_or("null")
    }

    /// Its type; `5.0` and `5e1` have a fraction.
    pub(in crate::handler::argument) fn kind(self) -> Kinds {
        let raw = self.raw();
        match raw.as_bytes().first() {
            Some(b'{') => Kinds::OBJECT,
            Some(b'[') => Kinds::ARRAY,
            Some(b'"') => Kinds::STRING,
            Some(b't' | b'f') => Kinds::BOOLEAN,
            Some(b'n') | None => Kinds::NULL,
            Some(_) if raw.contains(['.', 'e', 'E']) => Kinds::FRACTION,
            Some(_) => Kinds::INTEGER,
        }
    }

    /// Returns `true` for an array or an object.
    pub(in crate::handler::argument) fn is_container(self) -> bool {
        matches!(self.raw().as_bytes().first(), Some(b'{' | b'['))
    }

    /// The string, unless it has half of a surrogate pair.
    pub(in crate::handler::argument) fn text(self) -> Option<Cow<'t, str>> {
        match serde_json::from_str(self.raw()) {
            Ok(Text(text)) => Some(text),
            Err(_) => None,
        }
    }

    /// The items of an array.
    pub(in crate::handler::argument) fn items(self) -> impl Iterator<Item = Node<'t>> {
        let (mut at, end) = (self.at + 1, self.entry().next);
        std::iter::from_fn(move || {
            (at < end).then(|| {
                let node = Node { at, ..self };
                at = node.entry().next.min(end);
                node
            })
        })
    }

    /// The members of an object, names and values.
    pub(in crate::handler::argument) fn members(
        self,
    ) -> impl Iterator<Item = (Node<'t>, Node<'t>)> {
        let mut parts = self.items();
        std::iter::from_fn(move || parts.next().zip(parts.next()))
    }

    /// The value of a member.
    pub(in crate::handler::argument) fn member(self, name: &str) -> Option<Node<'t>> {
        let mut members = self.members();
        members.find_map(|(key, value)| (key.text()? == name).then_some(value))
    }
}
