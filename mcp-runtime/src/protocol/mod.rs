//! The wire and only the wire: JSON-RPC envelopes, protocol revisions, error codes and the types of the MCP schema.
//!
//! Invariants: no tokio, no I/O, no user code; nothing here decides what a server does with a message.

pub mod capabilities;
pub mod content;
pub mod error;
pub mod extension;
pub mod id;
pub mod input;
pub mod json;
pub mod level;
pub mod message;
pub mod meta;
pub mod metadata;
pub mod method;
pub mod notification;
pub mod prompt;
pub mod resource;
pub mod server_info;
pub mod skill;
pub mod tool;
pub mod version;
pub mod view;

pub use capabilities::{Capability, ClientCapabilities};
pub use content::{Annotations, Content, Resource, ResourceLink, Role};
pub use error::RpcError;
pub use id::RequestId;
pub use input::InputRequest;
pub use json::{Members, Object, RawJson, View};
pub use level::Level;
pub use message::{Message, Notification, Request, Response};
pub use meta::RequestMeta;
pub use method::Method;
pub use prompt::{Prompt, PromptMessage};
pub use server_info::{Icon, Implementation};
pub use tool::{Tool, ToolAnnotations, ToolResult};
pub use version::Version;
