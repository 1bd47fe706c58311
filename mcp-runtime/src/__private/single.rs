//! Detects, by autoref specialisation, whether a type is a single value, as text and headers hold it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::marker::PhantomData;

/// The probe for `T`; each trait is one reference further away.
#[derive(Debug)]
pub struct Probe<T>(PhantomData<fn() -> T>);

impl<T> Probe<T> {
    /// The probe itself.
    pub const NEW: Self = Self(PhantomData);
}

/// A type with members or elements.
pub trait Structured {}

impl<T: Structured> Structured for Option<T> {}
impl<T: Structured> Structured for Box<T> {}
impl<T> Structured for Vec<T> {}
impl<T> Structured for VecDeque<T> {}
impl<T> Structured for BTreeSet<T> {}
impl<T, S> Structured for HashSet<T, S> {}
impl<K, V> Structured for BTreeMap<K, V> {}
impl<K, V, S> Structured for HashMap<K, V, S> {}
impl<T, const N: usize> Structured for [T; N] {}
impl<A, B> Structured for (A, B) {}
impl<A, B, C> Structured for (A, B, C) {}

/// A number with decimals.
pub trait Fraction {}

impl Fraction for f32 {}
impl Fraction for f64 {}
impl<T: Fraction> Fraction for Option<T> {}

/// The type of a prompt's argument, which is refused.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a prompt argument: prompt arguments are text",
    label = "cannot be read from text",
    note = "use `String`, a number, a `bool`, an `Option` of these, or an enum without data; take the parts one by one"
)]
pub trait Text<'a> {}

/// The type of a variable, which is refused.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a variable of a URI template: what is in a URI is text",
    label = "cannot be read from text",
    note = "use `String`, a number, a `bool`, an `Option` of these, or an enum without data; a list is a variable such as `{{/name*}}` or `{{?name*}}`"
)]
pub trait Part<'a> {}

/// The type of an argument with a header, which is refused.
#[diagnostic::on_unimplemented(
    message = "`header` needs a string, an integer or a `bool`, but this argument is `{Self}`",
    label = "not a single value",
    note = "remove `header`: clients drop a tool whose headers they cannot write"
)]
pub trait Scalar<'a> {}

/// `T: Structured`.
pub trait Whole<T> {
    /// Refuses an argument of a prompt.
    fn text(&self)
    where
        for<'a> T: Text<'a>,
    {
    }

    /// Refuses a variable of a URI template.
    fn part(&self)
    where
        for<'a> T: Part<'a>,
    {
    }

    /// Refuses a header.
    fn scalar(&self)
    where
        for<'a> T: Scalar<'a>,
    {
    }
}

impl<T: Structured> Whole<T> for &&Probe<T> {}

/// `T: Fraction`.
pub trait Decimal<T> {
    /// Takes an argument of a prompt.
    fn text(&self) {}

    /// Takes a variable of a URI template.
    fn part(&self) {}

    /// Refuses a header.
    fn scalar(&self)
    where
        for<'a> T: Scalar<'a>,
    {
    }
}

impl<T: Fraction> Decimal<T> for &Probe<T> {}

/// Everything else.
pub trait Other<T> {
    /// Takes an argument of a prompt.
    fn text(&self) {}

    /// Takes a variable of a URI template.
    fn part(&self) {}

    /// Takes a header.
    fn scalar(&self) {}
}

impl<T> Other<T> for Probe<T> {}
