//! The vocabulary of the rules: names, words, numbers, moments, literals, and types as text.

pub(crate) mod literal;
pub(crate) mod matching;
pub(crate) mod meta;
pub(crate) mod moment;
pub(crate) mod name;
pub(crate) mod number;
pub(crate) mod ty;
pub(crate) mod word;
