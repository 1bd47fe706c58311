//! Detects, by autoref specialisation, whether a type has `validator` rules of its own.

use std::marker::PhantomData;

#[cfg(feature = "validator")]
use validator::Validate;

use crate::handler::argument::rule::Nested;
#[cfg(feature = "validator")]
use crate::handler::argument::rule::nested;

/// The probe for `T`; each trait is one reference further away.
#[derive(Debug)]
pub struct Probe<T>(PhantomData<fn() -> T>);

impl<T> Probe<T> {
    /// The probe itself.
    pub const NEW: Self = Self(PhantomData);
}

/// `T: Validate`.
pub trait One<T> {
    /// The check.
    fn rule(&self) -> Option<Nested<T>>;
}

#[cfg(feature = "validator")]
impl<T: Validate> One<T> for &&&Probe<T> {
    fn rule(&self) -> Option<Nested<T>> {
        Some(nested::validate_one::<T>)
    }
}

/// `Vec<T>` with `T: Validate`.
pub trait Each<T> {
    /// The check.
    fn rule(&self) -> Option<Nested<T>>;
}

#[cfg(feature = "validator")]
impl<T: Validate> Each<Vec<T>> for &&Probe<Vec<T>> {
    fn rule(&self) -> Option<Nested<Vec<T>>> {
        Some(nested::validate_each::<T>)
    }
}

/// `Option<T>` with `T: Validate`.
pub trait Maybe<T> {
    /// The check.
    fn rule(&self) -> Option<Nested<T>>;
}

#[cfg(feature = "validator")]
impl<T: Validate> Maybe<Option<T>> for &Probe<Option<T>> {
    fn rule(&self) -> Option<Nested<Option<T>>> {
        Some(nested::validate_some::<T>)
    }
}

/// Everything else.
pub trait Never<T> {
    /// No check.
    fn rule(&self) -> Option<Nested<T>>;
}

impl<T> Never<T> for Probe<T> {
    fn rule(&self) -> Option<Nested<T>> {
        None
    }
}
