//! The return types of tools, resources and prompts, and the errors that end a call.

pub(crate) mod error;
pub(crate) mod json;
pub(crate) mod prompt;
pub(crate) mod resource;
pub(crate) mod tool;
pub(crate) mod value;
