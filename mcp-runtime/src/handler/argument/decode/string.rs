//! Values whose JSON is a string: decoded in one pass, without an intermediate parser.
//!
//! A type that needs more of a string than its text is left to the parser.

use std::borrow::Cow;

use serde::de::value::StringDeserializer;
use serde::de::{Deserialize, Deserializer, Error as _, IntoDeserializer as _, Visitor};
use serde::forward_to_deserialize_any;

use crate::protocol::text::read_string;

/// Decodes a string; `None` if `json` is not a string, or `T` cannot be read from it.
pub(in crate::handler::argument) fn decode<'de, T: Deserialize<'de>>(json: &'de str) -> Option<T> {
    T::deserialize(Text(read_string(json)?)).ok()
}

/// The text of a string, as a parser would return it.
struct Text<'de>(Cow<'de, str>);

/// An error of any kind.
type Other = serde::de::value::Error;

impl Text<'_> {
    fn refused<T>() -> Result<T, Other> {
        Err(Other::custom("a string"))
    }
}

macro_rules! refused {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Other> {
            Self::refused()
        }
    )*};
}

impl<'de> Deserializer<'de> for Text<'de> {
    type Error = Other;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Other> {
        match self.0 {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Other> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Other> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Other> {
        let variant: StringDeserializer<Other> = self.0.into_owned().into_deserializer();
        visitor.visit_enum(variant)
    }

    refused! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64 deserialize_bytes deserialize_byte_buf deserialize_unit
        deserialize_seq deserialize_map
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: V,
    ) -> Result<V::Value, Other> {
        Self::refused()
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Other> {
        Self::refused()
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        _: V,
    ) -> Result<V::Value, Other> {
        Self::refused()
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Other> {
        Self::refused()
    }

    forward_to_deserialize_any! { char str string identifier ignored_any }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use serde_json::Value;
    use serde_json::value::RawValue;

    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Name(String);

    #[derive(Debug, PartialEq, serde::Deserialize)]
    enum Size {
        Small,
        Of(u8),
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(u8),
        Text(String),
    }

    /// Asserts that a string is read as by the parser, or not at all.
    fn agrees<T: for<'de> Deserialize<'de> + Debug + PartialEq>(is_read: bool) {
        for json in [r#""x""#, r#""Small""#, r#""a\n\u00e9""#, r#""1""#, r#""""#] {
            let parsed: Option<T> = serde_json::from_str(json).ok();
            let read: Option<T> = decode(json);
            assert!(read.is_none() || read == parsed, "{json}: {read:?}");
            assert!(!is_read || read == parsed, "{json}: {read:?}");
        }
    }

    #[test]
    fn a_string_is_read_as_the_parser_reads_it() {
        agrees::<String>(true);
        agrees::<Option<String>>(true);
        agrees::<Option<Option<char>>>(true);
        agrees::<Name>(true);
        agrees::<Size>(true);
        agrees::<Either>(true);
        agrees::<Value>(true);
        agrees::<std::net::IpAddr>(true);
        agrees::<std::path::PathBuf>(true);
        agrees::<u8>(true);
        agrees::<Vec<u8>>(true);
        agrees::<()>(true);
        let raw: Option<Box<RawValue>> = decode(r#""x""#);
        assert!(raw.is_none(), "the parser keeps the quotes");
    }

    #[test]
    fn only_strings_are_read() {
        for json in [
            "1",
            "null",
            "\"",
            "\"a",
            "a\"",
            "\"a\"b\"",
            "\"\\ud834\"",
            "\"\n\"",
            "",
        ] {
            assert_eq!(decode::<String>(json), None, "{json}");
        }
    }
}
