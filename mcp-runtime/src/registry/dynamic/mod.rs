//! Tools, resources and prompts that are made at run time, from a name, a schema and a closure.
//!
//! Invariant: once they are entries, nothing tells them from declared ones: the same lists, checks, policies and metrics.
//!
//! A dynamic item has a schema instead of types. It is brought into the same shapes (`schema.rs`,
//! `argument/given.rs`) and becomes an ordinary [`Entry`](super::Entry): policies, lists, metrics
//! and errors do not know the difference.

mod item;
mod keys;
mod prompt;
mod resource;
mod schema;
mod tool;

pub use prompt::DynamicPrompt;
pub use resource::DynamicResource;
pub use tool::DynamicTool;
