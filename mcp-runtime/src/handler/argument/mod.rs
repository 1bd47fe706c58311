//! Arguments: declared, decoded, coerced, checked, and explained when they are invalid.
//!
//! The slice of an argument is decoded straight into the parameter's type (`arg.rs`). If that fails, or might have
//! misread the value, the slice is walked along the shape of the type (`decode/`, `fit/`): coerced where no
//! information is lost, and otherwise described, each problem with its path (`problem.rs`, `words.rs`). Then the rules
//! of the parameter are checked (`rule.rs`). The response thus has all problems of a call, and a model can correct
//! them in one step.

pub(crate) mod arg;
mod decode;
pub(in crate::handler) mod fit;
mod flat;
pub(crate) mod given;
mod path;
pub(crate) mod problem;
mod reason;
pub(crate) mod rule;
mod words;
