//! Finds out, by autoref specialisation, whether a type has `validator` rules of its own.

use std::marker::PhantomData;

use validator::Validate;

use crate::handler::argument::rule::{self, Nested};

/// Asks about `T`; each rung is one reference further away.
#[derive(Debug)]
pub struct Probe<T>(PhantomData<fn() -> T>);

impl<T> Probe<T> {
    /// The message of the elicitation.
    pub const NEW: Self = Self(PhantomData);
}

/// `T: Validate`.
pub trait One<T> {
    /// The check.
    fn rule(&self) -> Option<Nested<T>>;
}

impl<T: Validate> One<T> for &&&Probe<T> {
    fn rule(&self) -> Option<Nested<T>> {
        Some(rule::validate_one::<T>)
    }
}

/// `Vec<T>` with `T: Validate`.
pub trait Each<T> {
    /// The check.
    fn rule(&self) -> Option<Nested<T>>;
}

impl<T: Validate> Each<Vec<T>> for &&Probe<Vec<T>> {
    fn rule(&self) -> Option<Nested<Vec<T>>> {
        Some(rule::validate_each::<T>)
    }
}

/// `Option<T>` with `T: Validate`.
pub trait Maybe<T> {
    /// The check.
    fn rule(&self) -> Option<Nested<T>>;
}

impl<T: Validate> Maybe<Option<T>> for &Probe<Option<T>> {
    fn rule(&self) -> Option<Nested<Option<T>>> {
        Some(rule::validate_some::<T>)
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
