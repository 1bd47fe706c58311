//! Tools, resources and prompts that are made at run time, from a name, a schema and a closure.
//!
//! Invariant: once they are entries, nothing tells them from declared ones: the same lists, checks, policies and metrics.

mod item;
mod keys;
mod prompt;
mod resource;
mod schema;
mod tool;

pub use prompt::DynamicPrompt;
pub use resource::DynamicResource;
pub use tool::DynamicTool;
