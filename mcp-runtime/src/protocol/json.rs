//! JSON that has been checked but not yet understood: owned slices of a message, and objects as lists of raw members.
//!
//! A message is parsed once, into slices of the buffer it arrived in; each part is decoded where its type is known.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use bytes::Bytes;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;
use smallvec::SmallVec;

/// One JSON value, valid but not decoded: a slice of the message it came in, shared without copying.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct RawJson(Bytes);

impl RawJson {
    /// The part of `whole` that `raw` borrows from it.
    pub(crate) fn slice_of(whole: &Bytes, raw: &RawValue) -> Self {
        Self(whole.slice_ref(raw.get().as_bytes()))
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

    /// Returns `true` if it is a string or a number that every JSON reader can decode: half a surrogate pair is no
    /// text, `1e999` no number.
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

/// The members of a JSON object in the order sent, names decoded, values raw.
#[derive(Debug, Default)]
pub(crate) struct Object<'a>(SmallVec<[(Cow<'a, str>, &'a RawValue); 6]>);

impl<'a> Object<'a> {
    /// The last member called `name`, as JSON parsers commonly resolve a repeated name.
    pub(crate) fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0
            .iter()
            .rev()
            .find(|(key, _)| key == name)
            .map(|(_, value)| *value)
    }

    /// The members, in the order sent.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(key, value)| (key.as_ref(), *value))
    }

    /// Keeps the members for which `keep` says so.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&str, &RawValue) -> bool) {
        self.0.retain(|(name, value)| keep(name, value));
    }

    /// The members by name; those of one name in the order sent.
    pub(crate) fn sorted(mut self) -> impl IntoIterator<Item = (Cow<'a, str>, &'a RawValue)> {
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
                    members.push((name, map.next_value::<&'de RawValue>()?));
                }
                Ok(Object(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// The members of a JSON object, kept as positions in the message: parsed once, and decoded as often as needed.
#[derive(Clone, Debug)]
pub(crate) struct Members {
    message: Bytes,
    entries: Entries,
    /// The members of `_meta`, which every message needs.
    meta: Option<Shape<Entries>>,
}

/// A member that should be an object is something else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotAnObject;

/// Members, borrowed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MembersRef<'a> {
    message: &'a Bytes,
    entries: &'a [Entry],
}

/// A value that should be an object.
#[derive(Clone, Debug)]
pub(super) enum Shape<T> {
    Object(T),
    Null,
    Other,
}

impl<T> Shape<T> {
    /// The object, if it is one.
    fn object(&self) -> Option<&T> {
        match self {
            Self::Object(object) => Some(object),
            Self::Null | Self::Other => None,
        }
    }

    fn map<U>(self, convert: impl FnOnce(T) -> U) -> Shape<U> {
        match self {
            Self::Object(object) => Shape::Object(convert(object)),
            Self::Null => Shape::Null,
            Self::Other => Shape::Other,
        }
    }
}

type Entries = SmallVec<[Entry; 6]>;

#[derive(Clone, Debug)]
struct Entry {
    name: Name,
    value: Place,
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
    fn len(&self) -> usize {
        match self {
            Self::At(place) => place.len(),
            Self::Decoded(name) => name.len(),
        }
    }
}

impl Members {
    /// The members.
    pub(crate) fn view(&self) -> MembersRef<'_> {
        MembersRef {
            message: &self.message,
            entries: &self.entries,
        }
    }

    /// The members of `_meta`: `None` when it is absent or `null`, an error when it is no object.
    pub(crate) fn meta(&self) -> Option<Result<MembersRef<'_>, NotAnObject>> {
        let meta = (self.meta.as_ref()).filter(|meta| !matches!(meta, Shape::Null))?;
        Some(
            meta.object()
                .map(|entries| MembersRef {
                    message: &self.message,
                    entries,
                })
                .ok_or(NotAnObject),
        )
    }

    /// The size of what [`meta_alone`](Self::meta_alone) keeps.
    pub(crate) fn meta_size(&self) -> usize {
        let size = |entry: &Entry| size_of::<Entry>() + entry.name.len() + entry.value.len();
        self.meta_entries().map(size).sum()
    }

    /// Copies the members of `_meta`, which then keep nothing of the message.
    pub(crate) fn meta_alone(&self) -> Self {
        let mut message = Vec::new();
        let mut copy = |part: &[u8]| {
            let begin = u32::try_from(message.len()).unwrap_or(u32::MAX);
            message.extend_from_slice(part);
            begin..u32::try_from(message.len()).unwrap_or(u32::MAX)
        };
        let entries: Entries = self
            .meta_entries()
            .map(|entry| Entry {
                name: match &entry.name {
                    Name::At(place) => Name::At(copy(at(&self.message, place))),
                    Name::Decoded(name) => Name::Decoded(name.clone()),
                },
                value: copy(at(&self.message, &entry.value)),
            })
            .collect();
        Self {
            message: message.into(),
            entries: Entries::new(),
            meta: Some(Shape::Object(entries)),
        }
    }

    fn meta_entries(&self) -> impl Iterator<Item = &Entry> {
        self.meta.iter().filter_map(Shape::object).flatten()
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
}

impl<'a> MembersRef<'a> {
    /// The JSON of the last member called `name`.
    pub(crate) fn get(&self, name: &str) -> Option<&'a [u8]> {
        let entry = self.entries.iter().rev().find(|entry| match &entry.name {
            Name::At(place) => at(self.message, place) == name.as_bytes(),
            Name::Decoded(decoded) => **decoded == *name,
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
}

/// The part at `place`; nothing where the message is too large to have places.
fn at<'m>(message: &'m Bytes, place: &Place) -> &'m [u8] {
    message
        .get(place.start as usize..place.end as usize)
        .unwrap_or_default()
}

/// Reads a value of a message that should be an object, in the same pass as what is around it.
pub(super) struct ReadMembers<'m> {
    pub message: &'m Bytes,
}

impl<'de> DeserializeSeed<'de> for ReadMembers<'_> {
    type Value = Shape<Members>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let read = ReadEntries {
            message: self.message,
            with_meta: true,
        }
        .deserialize(deserializer)?;
        Ok(read.map(|(entries, meta)| Members {
            message: self.message.clone(),
            entries,
            meta,
        }))
    }
}

struct ReadEntries<'m> {
    message: &'m Bytes,
    /// `true` if the members of `_meta` are read separately.
    with_meta: bool,
}

type ReadResult = Shape<(Entries, Option<Shape<Entries>>)>;

impl ReadEntries<'_> {
    /// Returns the position in the message of `part`, which borrows from it.
    fn place(&self, part: &str) -> Place {
        let begin = part.as_ptr().addr() - self.message.as_ptr().addr();
        let offset = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        offset(begin)..offset(begin + part.len())
    }

    fn name(&self, name: Cow<'_, str>) -> Name {
        match name {
            Cow::Borrowed(name) => Name::At(self.place(name)),
            Cow::Owned(name) => Name::Decoded(name.into()),
        }
    }
}

impl<'de> DeserializeSeed<'de> for ReadEntries<'_> {
    type Value = ReadResult;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<ReadResult, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ReadEntries<'_> {
    type Value = ReadResult;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ReadResult, A::Error> {
        let (mut entries, mut meta) = (Entries::new(), None);
        while let Some(Text(name)) = map.next_key()? {
            if name == "_meta" && self.with_meta {
                let read = map.next_value_seed(ReadEntries {
                    message: self.message,
                    with_meta: false,
                })?;
                meta = Some(read.map(|(entries, _)| entries));
            } else {
                let value = self.place(map.next_value::<&'de RawValue>()?.get());
                entries.push(Entry {
                    name: self.name(name),
                    value,
                });
            }
        }
        Ok(Shape::Object((entries, meta)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<ReadResult, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Shape::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<ReadResult, E> {
        Ok(Shape::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<ReadResult, E> {
        Ok(Shape::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<ReadResult, E> {
        Ok(Shape::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<ReadResult, E> {
        Ok(Shape::Other)
    }

    fn visit_str<E>(self, _: &str) -> Result<ReadResult, E> {
        Ok(Shape::Other)
    }

    fn visit_unit<E>(self) -> Result<ReadResult, E> {
        Ok(Shape::Null)
    }
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
            Bytes::from_static(br#" {"a": [1], "\u0062": "x", "a": 2, "_meta": {"m": true}} "#);
        let text = std::str::from_utf8(&message).unwrap();
        let mut json = serde_json::Deserializer::from_str(text);
        let members = ReadMembers { message: &message }
            .deserialize(&mut json)
            .unwrap();
        let Shape::Object(members) = members else {
            panic!("not an object")
        };
        assert_eq!(
            members.meta().unwrap().unwrap().get("m"),
            Some(&b"true"[..])
        );
        assert_eq!(members.get("a"), Some(&b"2"[..]));
        assert_eq!(members.decode::<String>("b").unwrap().unwrap(), "x");
        assert_eq!(members.get_raw("c"), None);
    }

    #[test]
    fn a_deep_value_is_scanned_without_recursion() {
        let text = format!("{{\"a\":{}{}}}", "[".repeat(1 << 20), "]".repeat(1 << 20));
        let object: Object<'_> = serde_json::from_str(&text).unwrap();
        assert_eq!(object.get("a").unwrap().get().len(), 2 << 20);
    }
}
