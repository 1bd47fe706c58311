//! Numbers that JSON does not have: `serde_json` writes them as `null`, which a schema of numbers forbids.

use std::fmt::{self, Display};

use serde::ser::{
    self, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

/// Finds the first number in `value` that JSON does not have; `json` is its serialization by `serde_json`.
pub(crate) fn not_in_json<T: Serialize + ?Sized>(value: &T, json: &str) -> Option<String> {
    // Without a `null` there can be no such number.
    if !json.contains("null") {
        return None;
    }
    match value.serialize(FiniteCheck(&Path::Whole)) {
        Err(Found::Number(text)) => Some(text),
        Ok(()) | Err(Found::Other) => None,
    }
}

/// A path in a value.
enum Path<'p> {
    Whole,
    Member(&'p Path<'p>, &'p str),
    Item(&'p Path<'p>, usize),
}

impl Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => Ok(()),
            Self::Member(Self::Whole, name) => f.write_str(name),
            Self::Member(parent, name) => write!(f, "{parent}.{name}"),
            Self::Item(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// The reason why the search has ended.
#[derive(Debug)]
enum Found {
    Number(String),
    Other,
}

impl Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number that JSON does not have")
    }
}

impl std::error::Error for Found {}

impl ser::Error for Found {
    fn custom<T: Display>(_: T) -> Self {
        Self::Other
    }
}

/// A serializer without output, which ends at the first number that JSON does not have.
#[derive(Clone, Copy)]
struct FiniteCheck<'p>(&'p Path<'p>);

impl FiniteCheck<'_> {
    fn number(self, number: f64) -> Result<(), Found> {
        if number.is_finite() {
            return Ok(());
        }
        let path = self.0.to_string();
        let subject = if path.is_empty() {
            "the result".to_owned()
        } else {
            format!("`{path}` of the result")
        };
        let word = if number.is_nan() {
            "not a number"
        } else {
            "infinite"
        };
        Err(Found::Number(format!(
            "{subject} is {word}; JSON has no such number"
        )))
    }
}

/// The parts of a value, one after another.
struct Parts<'p> {
    path: &'p Path<'p>,
    /// The name of the variant that contains the parts.
    variant: Option<&'static str>,
    index: usize,
    key: String,
}

impl<'p> Parts<'p> {
    fn new(path: &'p Path<'p>) -> Self {
        Self {
            path,
            variant: None,
            index: 0,
            key: String::new(),
        }
    }

    fn within<R>(&self, then: impl FnOnce(&Path<'_>) -> R) -> R {
        match self.variant {
            Some(variant) => then(&Path::Member(self.path, variant)),
            None => then(self.path),
        }
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Found> {
        let index = self.index;
        self.index += 1;
        self.within(|path| value.serialize(FiniteCheck(&Path::Item(path, index))))
    }

    fn member<T: Serialize + ?Sized>(&self, name: &str, value: &T) -> Result<(), Found> {
        self.within(|path| value.serialize(FiniteCheck(&Path::Member(path, name))))
    }
}

macro_rules! harmless {
    ($($method:ident($type:ty))*) => {$(
        fn $method(self, _: $type) -> Result<(), Found> {
            Ok(())
        }
    )*};
}

impl<'p> Serializer for FiniteCheck<'p> {
    type Ok = ();
    type Error = Found;
    type SerializeSeq = Parts<'p>;
    type SerializeTuple = Parts<'p>;
    type SerializeTupleStruct = Parts<'p>;
    type SerializeTupleVariant = Parts<'p>;
    type SerializeMap = Parts<'p>;
    type SerializeStruct = Parts<'p>;
    type SerializeStructVariant = Parts<'p>;

    harmless! {
        serialize_bool(bool) serialize_char(char) serialize_str(&str) serialize_bytes(&[u8])
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64) serialize_i128(i128)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64) serialize_u128(u128)
        serialize_unit_struct(&'static str)
    }

    fn serialize_f32(self, number: f32) -> Result<(), Found> {
        self.number(number.into())
    }

    fn serialize_f64(self, number: f64) -> Result<(), Found> {
        self.number(number)
    }

    fn serialize_none(self) -> Result<(), Found> {
        Ok(())
    }

    fn serialize_unit(self) -> Result<(), Found> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Found> {
        value.serialize(self)
    }

    fn serialize_unit_variant(self, _: &str, _: u32, _: &str) -> Result<(), Found> {
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Found> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Found> {
        value.serialize(FiniteCheck(&Path::Member(self.0, variant)))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Parts<'p>, Found> {
        Ok(Parts::new(self.0))
    }

    fn serialize_tuple(self, _: usize) -> Result<Parts<'p>, Found> {
        Ok(Parts::new(self.0))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Parts<'p>, Found> {
        Ok(Parts::new(self.0))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts<'p>, Found> {
        Ok(Parts {
            variant: Some(variant),
            ..Parts::new(self.0)
        })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Parts<'p>, Found> {
        Ok(Parts::new(self.0))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Parts<'p>, Found> {
        Ok(Parts::new(self.0))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts<'p>, Found> {
        Ok(Parts {
            variant: Some(variant),
            ..Parts::new(self.0)
        })
    }
}

macro_rules! items {
    ($($trait:ident::$method:ident)*) => {$(
        impl $trait for Parts<'_> {
            type Ok = ();
            type Error = Found;
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Found> {
                self.item(value)
            }
            fn end(self) -> Result<(), Found> {
                Ok(())
            }
        }
    )*};
}
items! {
    SerializeSeq::serialize_element
    SerializeTuple::serialize_element
    SerializeTupleStruct::serialize_field
    SerializeTupleVariant::serialize_field
}

macro_rules! members {
    ($($trait:ident)*) => {$(
        impl $trait for Parts<'_> {
            type Ok = ();
            type Error = Found;
            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), Found> {
                self.member(name, value)
            }
            fn end(self) -> Result<(), Found> {
                Ok(())
            }
        }
    )*};
}
members! { SerializeStruct SerializeStructVariant }

impl SerializeMap for Parts<'_> {
    type Ok = ();
    type Error = Found;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Found> {
        let key = serde_json::to_string(key).unwrap_or_default();
        key.trim_matches('"').clone_into(&mut self.key);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Found> {
        self.member(&self.key, value)
    }

    fn end(self) -> Result<(), Found> {
        Ok(())
    }
}
