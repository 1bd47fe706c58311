//! Valid JSON that is not decoded yet: owned slices of a message, and objects as lists of raw members.
//!
//! A message is parsed once, into slices of the buffer it arrived in; each part is decoded where its type is known.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use smallvec::SmallVec;

use super::scan::{Invalid, Name as Scanned, Scanner};
use super::text::read_string;

/// One JSON value, valid but not decoded: a slice of the message it came in, shared without copying.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct RawJson(Bytes);

impl RawJson {
    /// The part of `whole` that `json` borrows from it.
    pub(super) fn slice_of(whole: &Bytes, json: &str) -> Self {
        Self(whole.slice_ref(json.as_bytes()))
    }

    /// The JSON text.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The JSON text, shared with the message that it came in.
    pub(crate) fn as_shared(&self) -> &Bytes {
        &self.0
    }

    /// Returns `text` if it is one JSON value.
    pub(super) fn parse(text: Vec<u8>) -> Option<Self> {
        let is_json = serde_json::from_slice::<&RawValue>(&text).is_ok();
        is_json.then(|| Self(text.into()))
    }

    /// Returns `true` for a string or a number that every JSON reader can decode: neither half a surrogate pair nor
    /// `1e999`.
    pub(super) fn can_be_echoed(&self) -> bool {
        match self.0.first() {
            Some(b'"') => {
                !self.0.contains(&b'\\') || serde_json::from_slice::<Text<'_>>(&self.0).is_ok()
            }
            Some(b'-' | b'0'..=b'9') => {
                self.0.iter().all(u8::is_ascii_digit) && self.0.len() <= INTEGER
                    || serde_json::from_slice::<serde_json::Number>(&self.0).is_ok()
            }
            _ => false,
        }
    }
}

/// The maximum number of digits of a number that always fits into 64 bits.
const INTEGER: usize = 19;

impl fmt::Debug for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Display for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

/// One JSON value, valid but not decoded, borrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RawStr<'a>(&'a str);

impl<'a> RawStr<'a> {
    /// The JSON text.
    pub(crate) fn get(self) -> &'a str {
        self.0
    }

    /// Copies it.
    pub(crate) fn to_boxed(self) -> Box<RawValue> {
        RawValue::from_string(self.0.to_owned()).unwrap_or_default()
    }
}

impl<'a> From<&'a RawValue> for RawStr<'a> {
    fn from(raw: &'a RawValue) -> Self {
        Self(raw.get())
    }
}

impl<'de> Deserialize<'de> for RawStr<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(deserializer).map(Self::from)
    }
}

/// The members of a JSON object in the order sent, names decoded, values raw.
#[derive(Debug, Default)]
pub(crate) struct Object<'a>(SmallVec<[(Cow<'a, str>, RawStr<'a>); 6]>);

impl<'a> Object<'a> {
    /// The last member called `name`, as JSON parsers commonly resolve a duplicate name.
    pub(crate) fn get(&self, name: &str) -> Option<RawStr<'a>> {
        self.0
            .iter()
            .rev()
            .find(|(key, _)| key == name)
            .map(|(_, value)| *value)
    }

    /// The members, in the order sent.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (&str, RawStr<'a>)> {
        self.0.iter().map(|(key, value)| (key.as_ref(), *value))
    }

    /// Keeps the members for which `keep` returns true.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&str, RawStr<'_>) -> bool) {
        self.0.retain(|(name, value)| keep(name, *value));
    }

    /// The members by name; those of one name in the order sent.
    pub(crate) fn sorted(mut self) -> impl IntoIterator<Item = (Cow<'a, str>, RawStr<'a>)> {
        self.0.sort_by(|(a, _), (b, _)| a.cmp(b));
        self.0
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut members = SmallVec::new();
                while let Some(Text(name)) = map.next_key()? {
                    members.push((name, map.next_value()?));
                }
                Ok(Object(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// The arguments of a call: a JSON text, whose members were read with its message, or are read on demand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given<'a> {
    text: RawStr<'a>,
    message: Option<&'a Members>,
}

impl<'a> Given<'a> {
    /// The JSON text.
    pub(crate) fn text(self) -> RawStr<'a> {
        self.text
    }

    /// The members, unless it is not an object.
    pub(crate) fn object(self) -> Result<Object<'a>, NotAnObject> {
        match self.message {
            Some(message) => Ok(message.arguments_object(self.text.0)),
            None => serde_json::from_str(self.text.0).map_err(|_| NotAnObject),
        }
    }
}

impl<'a> From<&'a RawValue> for Given<'a> {
    fn from(raw: &'a RawValue) -> Self {
        Self {
            text: raw.into(),
            message: None,
        }
    }
}

/// The `params` of a message, kept as positions in it: the members of `params`, and those of `_meta` and `arguments`,
/// which nearly every message needs. They are scanned once, and decoded as often as needed.
#[derive(Clone, Debug)]
pub(crate) struct Members {
    message: Bytes,
    /// The members of all three; those of `_meta`, and those of `arguments`, in one run.
    entries: Entries,
    meta: Shape,
    /// The entries of `_meta`.
    in_meta: Range<usize>,
    /// The start of `arguments` in the message and its entries, if it is an object whose members are kept.
    arguments: Option<(usize, Range<usize>)>,
}

/// The error for a member that should be an object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotAnObject;

/// Members of one object, borrowed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MembersRef<'a> {
    message: &'a Bytes,
    entries: &'a [Entry],
    of_params: bool,
}

/// The form of a value that is expected to be an object.
#[derive(Clone, Copy, Debug)]
enum Shape {
    Object,
    /// `null` or absent.
    Null,
    Other,
}

/// The maximum number of arguments that are kept with a message; with more, they are read again for each call.
const ARGUMENTS: usize = 32;

type Entries = SmallVec<[Entry; 10]>;

#[derive(Clone, Debug)]
struct Entry {
    name: Name,
    value: Place,
    /// `true` for a direct member of `params`.
    is_param: bool,
}

/// The position of a part in the message, which is smaller than 4 GiB.
type Place = Range<u32>;

#[derive(Clone, Debug)]
enum Name {
    At(Place),
    /// A name that is written with escapes.
    Decoded(Box<str>),
}

impl Name {
    #[inline]
    fn new(scanned: Scanned<'_>) -> Result<Self, Invalid> {
        if scanned.is_escaped {
            return scanned.decode().map(Self::Decoded);
        }
        Ok(Self::At(place(
            scanned.start..scanned.start + scanned.written.len(),
        )))
    }

    fn len(&self) -> usize {
        match self {
            Self::At(place) => place.len(),
            Self::Decoded(name) => name.len(),
        }
    }
}

fn place(at: Range<usize>) -> Place {
    let offset = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    offset(at.start)..offset(at.end)
}

fn range(place: &Place) -> Range<usize> {
    place.start as usize..place.end as usize
}

impl Members {
    fn new(message: Bytes) -> Self {
        Self {
            message,
            entries: Entries::new(),
            meta: Shape::Null,
            in_meta: 0..0,
            arguments: None,
        }
    }

    /// Scans the next value of `message` as `params`; `Ok(None)` for `null`, an error for anything but an object.
    pub(super) fn read(
        message: &Bytes,
        scanner: &mut Scanner<'_>,
    ) -> Result<Result<Option<Arc<Self>>, NotAnObject>, Invalid> {
        if scanner.peek() != Some(b'{') {
            return Ok(match other(scanner)? {
                Shape::Null => Ok(None),
                _ => Err(NotAnObject),
            });
        }
        let mut members = Self::new(message.clone());
        scanner.object(Param::named, |scanner, param, name| {
            members.scan(scanner, param, name)
        })?;
        Ok(Ok(Some(Arc::new(members))))
    }

    /// Scans one member of `params`.
    #[inline]
    fn scan(
        &mut self,
        scanner: &mut Scanner<'_>,
        param: Param,
        name: Scanned<'_>,
    ) -> Result<(), Invalid> {
        let start = scanner.at();
        match param {
            Param::Meta => return self.scan_meta(scanner),
            Param::Arguments => self.scan_arguments(scanner)?,
            Param::Other => scanner.value()?,
        }
        self.entries.push(Entry {
            name: Name::new(name)?,
            value: place(start..scanner.at()),
            is_param: true,
        });
        Ok(())
    }

    fn scan_meta(&mut self, scanner: &mut Scanner<'_>) -> Result<(), Invalid> {
        let start = self.entries.len();
        self.meta = if scanner.peek() == Some(b'{') {
            scanner.object(drop_name, |scanner, (), name| self.push(scanner, name))?;
            Shape::Object
        } else {
            other(scanner)?
        };
        self.in_meta = start..self.entries.len();
        Ok(())
    }

    fn scan_arguments(&mut self, scanner: &mut Scanner<'_>) -> Result<(), Invalid> {
        self.arguments = None;
        if scanner.peek() != Some(b'{') {
            return scanner.value();
        }
        let (start, first, mut count) = (scanner.at(), self.entries.len(), 0);
        scanner.object(drop_name, |scanner, (), name| {
            count += 1;
            if count > ARGUMENTS {
                return scanner.value();
            }
            self.push(scanner, name)
        })?;
        if count <= ARGUMENTS {
            self.arguments = Some((start, first..self.entries.len()));
        }
        Ok(())
    }

    #[inline]
    fn push(&mut self, scanner: &mut Scanner<'_>, name: Scanned<'_>) -> Result<(), Invalid> {
        let start = scanner.at();
        scanner.value()?;
        self.entries.push(Entry {
            name: Name::new(name)?,
            value: place(start..scanner.at()),
            is_param: false,
        });
        Ok(())
    }

    /// The members.
    pub(crate) fn view(&self) -> MembersRef<'_> {
        MembersRef {
            message: &self.message,
            entries: &self.entries,
            of_params: true,
        }
    }

    /// The members of `_meta`: `None` if it is absent or `null`, an error if it is not an object.
    pub(crate) fn meta(&self) -> Option<Result<MembersRef<'_>, NotAnObject>> {
        match self.meta {
            Shape::Null => None,
            Shape::Other => Some(Err(NotAnObject)),
            Shape::Object => Some(Ok(MembersRef {
                message: &self.message,
                entries: self.meta_entries(),
                of_params: false,
            })),
        }
    }

    /// The member `arguments`, of any type; `None` if it is absent.
    pub(crate) fn arguments(&self) -> Option<Given<'_>> {
        let text = std::str::from_utf8(self.get("arguments")?).ok()?;
        Some(Given {
            text: RawStr(text),
            message: self.arguments.is_some().then_some(self),
        })
    }

    /// The members of `arguments`, whose text is `text`.
    fn arguments_object<'a>(&'a self, text: &'a str) -> Object<'a> {
        let (start, entries) = self.arguments.clone().unwrap_or_default();
        let part = |place: &Place| {
            let at = range(place);
            text.get(at.start.wrapping_sub(start)..at.end.wrapping_sub(start))
                .unwrap_or_default()
        };
        let entries = self.entries.get(entries).unwrap_or_default();
        let members = entries.iter().map(|entry| {
            let name = match &entry.name {
                Name::At(place) => part(place),
                Name::Decoded(name) => name,
            };
            (Cow::Borrowed(name), RawStr(part(&entry.value)))
        });
        Object(members.collect())
    }

    /// The size that [`meta_alone`](Self::meta_alone) keeps.
    pub(crate) fn meta_size(&self) -> usize {
        let size = |entry: &Entry| size_of::<Entry>() + entry.name.len() + entry.value.len();
        self.meta_entries().iter().map(size).sum()
    }

    /// Copies the members of `_meta`, without a reference to the message.
    pub(crate) fn meta_alone(&self) -> Self {
        let mut message = Vec::new();
        let mut copy = |part: &[u8]| {
            let begin = message.len();
            message.extend_from_slice(part);
            place(begin..message.len())
        };
        let entries: Entries = self
            .meta_entries()
            .iter()
            .map(|entry| Entry {
                name: match &entry.name {
                    Name::At(place) => Name::At(copy(at(&self.message, place))),
                    Name::Decoded(name) => Name::Decoded(name.clone()),
                },
                value: copy(at(&self.message, &entry.value)),
                is_param: false,
            })
            .collect();
        Self {
            meta: Shape::Object,
            in_meta: 0..entries.len(),
            entries,
            ..Self::new(message.into())
        }
    }

    fn meta_entries(&self) -> &[Entry] {
        self.entries.get(self.in_meta.clone()).unwrap_or_default()
    }

    /// The JSON of the last member called `name`.
    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        self.view().get(name)
    }

    /// The last member called `name`, sharing the buffer.
    pub(crate) fn get_raw(&self, name: &str) -> Option<RawJson> {
        self.view().get_raw(name)
    }

    /// The member called `name` decoded as `T`; `None` when absent.
    pub(crate) fn decode<'s, T: Deserialize<'s>>(
        &'s self,
        name: &str,
    ) -> Option<Result<T, serde_json::Error>> {
        self.view().decode(name)
    }

    /// The member called `name` as a text, borrowed where it has no escapes; `None` when absent.
    pub(crate) fn text(&self, name: &str) -> Option<Result<Cow<'_, str>, serde_json::Error>> {
        self.view().text(name)
    }
}

/// The members of `params` with members of their own.
#[derive(Clone, Copy)]
enum Param {
    Meta,
    Arguments,
    Other,
}

impl Param {
    fn named(name: &str) -> Self {
        match name {
            "_meta" => Self::Meta,
            "arguments" => Self::Arguments,
            _ => Self::Other,
        }
    }
}

/// Ignores a name.
fn drop_name(_: &str) {}

/// Skips a value that is not an object.
fn other(scanner: &mut Scanner<'_>) -> Result<Shape, Invalid> {
    let start = scanner.at();
    scanner.value()?;
    Ok(match scanner.since(start) {
        "null" => Shape::Null,
        _ => Shape::Other,
    })
}

impl<'a> MembersRef<'a> {
    /// The JSON of the last member called `name`.
    pub(crate) fn get(&self, name: &str) -> Option<&'a [u8]> {
        let mut entries = self.entries.iter().rev();
        let entry = entries.find(|entry| {
            // Nearly always the lengths differ, which is the cheapest comparison.
            entry.name.len() == name.len()
                && entry.is_param == self.of_params
                && match &entry.name {
                    Name::At(place) => at(self.message, place) == name.as_bytes(),
                    Name::Decoded(decoded) => **decoded == *name,
                }
        })?;
        Some(at(self.message, &entry.value))
    }

    /// The last member called `name`, sharing the buffer.
    pub(crate) fn get_raw(&self, name: &str) -> Option<RawJson> {
        self.get(name)
            .map(|part| RawJson(self.message.slice_ref(part)))
    }

    /// The member called `name` decoded as `T`; `None` when absent.
    pub(crate) fn decode<T: Deserialize<'a>>(
        &self,
        name: &str,
    ) -> Option<Result<T, serde_json::Error>> {
        self.get(name).map(serde_json::from_slice)
    }

    /// The member called `name` as a text, borrowed where it has no escapes; `None` when absent.
    pub(crate) fn text(&self, name: &str) -> Option<Result<Cow<'a, str>, serde_json::Error>> {
        self.get(name).map(text)
    }
}

/// Decodes a JSON string, which is borrowed where it has no escapes.
pub(super) fn text(json: &[u8]) -> Result<Cow<'_, str>, serde_json::Error> {
    if let Some(text) = std::str::from_utf8(json).ok().and_then(read_string) {
        return Ok(text);
    }
    serde_json::from_slice::<Text<'_>>(json).map(|Text(text)| text)
}

/// The part at `place`; empty if the message is too large to have places.
fn at<'m>(message: &'m Bytes, place: &Place) -> &'m [u8] {
    message.get(range(place)).unwrap_or_default()
}

/// A string that is borrowed where it has no escapes.
#[derive(serde::Deserialize)]
pub(crate) struct Text<'a>(#[serde(borrow)] pub Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_escapes_are_decoded() {
        let object: Object<'_> = serde_json::from_str(r#"{"b":1,"\u0061":[2, 3],"b":4}"#).unwrap();
        assert_eq!(
            object
                .iter()
                .map(|(name, _)| name.to_owned())
                .collect::<Vec<_>>(),
            ["b", "a", "b"]
        );
        assert_eq!(object.get("a").unwrap().get(), "[2, 3]");
        assert_eq!(object.get("b").unwrap().get(), "4");
    }

    #[test]
    fn members_are_found_again_by_name_also_behind_escapes() {
        let message =
            Bytes::from_static(br#"{"a": [1], "\u0062": "x", "a": 2, "_meta": {"m": true}} "#);
        let members = members(&message);
        assert_eq!(
            members.meta().unwrap().unwrap().get("m"),
            Some(&b"true"[..])
        );
        assert_eq!(members.get("a"), Some(&b"2"[..]));
        assert_eq!(members.decode::<String>("b").unwrap().unwrap(), "x");
        assert_eq!(members.text("b").unwrap().unwrap(), "x");
        assert_eq!(members.get_raw("c"), None);
    }

    fn members(message: &Bytes) -> Arc<Members> {
        let mut scanner = Scanner::new(std::str::from_utf8(message).unwrap());
        let read = Members::read(message, &mut scanner).unwrap();
        read.unwrap().unwrap()
    }

    #[test]
    fn the_last_arguments_count_and_many_are_read_again() {
        let many: Vec<String> = (0..100).map(|n| format!("\"a{n}\": {n}")).collect();
        let many = format!("{{{}}}", many.join(", "));
        for (written, expected) in [
            ("{}", vec![]),
            (
                r#"{"\u0061": "é\n", "b": 1}"#,
                vec![("a", r#""é\n""#), ("b", "1")],
            ),
            (&many, vec![("a0", "0"), ("a1", "1")]),
        ] {
            let message = format!(
                r#"{{"arguments": {{"x": 1}}, "_meta": {{"x": 2}}, "arguments": {written}, "y": 3}}"#
            );
            let message = Bytes::from(message);
            let members = members(&message);
            let given = members.arguments().unwrap();
            assert_eq!(given.text().get(), written);
            let object = given.object().unwrap();
            let read: Vec<_> = object
                .iter()
                .take(2)
                .map(|(name, it)| (name, it.get()))
                .collect();
            assert_eq!(read, expected);
            assert_eq!(members.get("x"), None);
            assert!(object.get("y").is_none());
        }
        for other in ["null", "[1]", "\"{}\"", "3"] {
            let message = Bytes::from(format!(r#"{{"arguments": {other}}}"#));
            assert!(
                members(&message).arguments().unwrap().object().is_err(),
                "{other}"
            );
        }
    }

    #[test]
    fn a_meta_that_is_not_an_object_differs_from_none() {
        for (meta, is_error) in [("null", false), ("[]", true), ("\"null\"", true)] {
            let message = Bytes::from(format!(r#"{{"_meta": {{"a": 1}}, "_meta": {meta}}}"#));
            let members = members(&message);
            assert_eq!(
                members.meta().is_some_and(|it| it.is_err()),
                is_error,
                "{meta}"
            );
            assert_eq!(members.meta_size(), 0);
        }
    }

    #[test]
    fn a_deep_value_is_scanned_without_recursion() {
        let text = format!("{{\"a\":{}{}}}", "[".repeat(1 << 20), "]".repeat(1 << 20));
        let object: Object<'_> = serde_json::from_str(&text).unwrap();
        assert_eq!(object.get("a").unwrap().get().len(), 2 << 20);
    }
}
