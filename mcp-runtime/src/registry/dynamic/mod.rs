//! Tools, resources and prompts that are made at run time, from a name, a schema and a closure.
//!
//! Invariant: their entries are treated as those of declared items: the same lists, checks, policies and metrics.
//!
//! A dynamic item has a schema instead of types. It is compiled to the same shapes (`schema.rs`, `argument/given.rs`)
//! and becomes an ordinary [`Entry`](super::Entry).

mod item;
mod keys;
mod prompt;
mod resource;
mod schema;
mod tool;

pub use prompt::DynamicPrompt;
pub use resource::DynamicResource;
pub use tool::DynamicTool;
