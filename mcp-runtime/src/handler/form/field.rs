//! The fields of a form: the few types that a client can show to its user.

use std::marker::PhantomData;

use schemars::Schema;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::handler::argument::arg::{Arg, Decode};

/// A type that a form can have as a field: a string, a number, a `bool`, a choice, some of several choices, or an
/// `Option` of one of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field of an elicitation form",
    label = "not a flat value",
    note = "allowed are `String`, numbers, `bool`, enums without data that derive `Elicit`, `Vec` of such an enum, and `Option` of these: give the parts of anything else fields of their own"
)]
pub trait Field: Sized + Send + 'static {
    #[doc(hidden)]
    fn schema() -> Value;
    #[doc(hidden)]
    fn decode(text: &str) -> Result<Self, serde_json::Error>;
    #[doc(hidden)]
    fn encode(&self) -> Value;
    #[doc(hidden)]
    fn absent() -> Option<Self> {
        None
    }
}

/// The proof that a form can have a `T`.
#[derive(Debug)]
pub struct Askable<T>(PhantomData<fn() -> T>);

impl<T: Field> Askable<T> {
    pub(crate) const PROVEN: Self = Self(PhantomData);
}

macro_rules! fields {
    ($($kind:literal: $($type:ty),*;)*) => {$($(
        impl Field for $type {
            fn schema() -> Value {
                json!({ "type": $kind })
            }
            fn decode(text: &str) -> Result<Self, serde_json::Error> {
                <Self as Decode>::decode(text)
            }
            fn encode(&self) -> Value {
                Value::from(self.clone())
            }
        }
    )*)*};
}
fields! {
    "string": String;
    "boolean": bool;
    "integer": i8, i16, i32, i64, isize, u8, u16, u32, u64, usize;
    "number": f32, f64;
}

#[diagnostic::do_not_recommend]
impl<T: Field> Field for Option<T> {
    fn schema() -> Value {
        T::schema()
    }
    fn decode(text: &str) -> Result<Self, serde_json::Error> {
        if text == "null" {
            Ok(None)
        } else {
            T::decode(text).map(Some)
        }
    }
    fn encode(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::encode)
    }
    fn absent() -> Option<Self> {
        Some(None)
    }
}

/// An enum without data, as `#[derive(Elicit)]` describes it.
pub trait Choice: Sized + Send + 'static {
    /// The names of the variants on the wire, and their titles, if they have any.
    const CHOICES: &'static [(&'static str, Option<&'static str>)];
    /// `true` if titles are written as `enumNames`, as clients before 2025-11-25 read them.
    const ENUM_NAMES: bool;
    /// Returns the variant at this index.
    fn at(place: usize) -> Option<Self>;
    /// Returns the index of this variant.
    fn place(&self) -> usize;
}

#[diagnostic::do_not_recommend]
impl<T: Choice> Field for T {
    fn schema() -> Value {
        if !is_titled::<T>() {
            return json!({ "type": "string", "enum": names::<T>() });
        }
        if T::ENUM_NAMES {
            return json!({ "type": "string", "enum": names::<T>(), "enumNames": titles::<T>() });
        }
        json!({ "type": "string", "oneOf": titled::<T>() })
    }
    fn decode(text: &str) -> Result<Self, serde_json::Error> {
        let name: String = serde_json::from_str(text)?;
        let place = T::CHOICES.iter().position(|(choice, _)| *choice == name);
        let unknown = || <serde_json::Error as serde::de::Error>::custom("not one of the choices");
        place.and_then(T::at).ok_or_else(unknown)
    }
    fn encode(&self) -> Value {
        name(self).into()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Choice> Field for Vec<T> {
    fn schema() -> Value {
        let items = if is_titled::<T>() {
            json!({ "anyOf": titled::<T>() })
        } else {
            json!({ "type": "string", "enum": names::<T>() })
        };
        json!({ "type": "array", "items": items })
    }
    fn decode(text: &str) -> Result<Self, serde_json::Error> {
        let items: Vec<&RawValue> = serde_json::from_str(text)?;
        items
            .into_iter()
            .map(|item| T::decode(item.get()))
            .collect()
    }
    fn encode(&self) -> Value {
        self.iter().map(name).collect()
    }
}

fn name<T: Choice>(choice: &T) -> &'static str {
    T::CHOICES.get(choice.place()).map_or("", |(name, _)| name)
}

fn is_titled<T: Choice>() -> bool {
    T::CHOICES.iter().any(|(_, title)| title.is_some())
}

fn names<T: Choice>() -> Value {
    T::CHOICES.iter().map(|(name, _)| *name).collect()
}

fn titles<T: Choice>() -> Value {
    T::CHOICES
        .iter()
        .map(|(name, title)| title.unwrap_or(name))
        .collect()
}

fn titled<T: Choice>() -> Value {
    T::CHOICES
        .iter()
        .map(|(name, title)| json!({ "const": name, "title": title.unwrap_or(name) }))
        .collect()
}

impl<T: Field> Arg<T> {
    /// The field called `name` on the wire.
    pub fn field(name: &'static str) -> Self {
        Self::described(name, T::decode, T::absent, |_| {
            Schema::try_from(T::schema()).unwrap_or_default()
        })
    }

    /// Sets the initial value in the form, which also applies when the user leaves the field out.
    #[must_use]
    pub fn preset(self, make: fn() -> T) -> Self {
        let json = make().encode();
        self.with_default(make, json)
    }
}
