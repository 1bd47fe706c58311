//! The wire types: JSON-RPC envelopes, protocol revisions, error codes and the types of the MCP schema.
//!
//! Invariants: no tokio, no I/O, no user code; nothing here decides how a server handles a message. The module is
//! private: `lib.rs` and `content.rs` export the types that users need.
//!
//! Parsing has stages: the envelope first, `params` as slices of the message that are decoded on demand ([`Members`]).
//! Values that a client may send in any form are read leniently here and refused where they are used, with an error
//! text; an id is kept as received, byte by byte.

pub(crate) mod capabilities;
pub(crate) mod client_info;
pub(crate) mod content;
pub(crate) mod error;
pub(crate) mod extension;
pub(crate) mod finite;
pub(crate) mod id;
pub(crate) mod input;
pub(crate) mod json;
pub(crate) mod level;
pub(crate) mod message;
pub(crate) mod meta;
pub(crate) mod metadata;
pub(crate) mod method;
pub(crate) mod notification;
pub(crate) mod oversized;
pub(crate) mod prompt;
pub(crate) mod resource;
mod scan;
pub(crate) mod server_info;
pub(crate) mod skill;
pub(crate) mod text;
pub(crate) mod tool;
pub(crate) mod trace;
pub(crate) mod version;
pub(crate) mod view;
pub(crate) mod written;

pub(crate) use capabilities::{Capability, ClientCapabilities, Declared};
pub(crate) use content::{Annotations, Content, Resource, Role};
pub(crate) use error::RpcError;
pub(crate) use id::RequestId;
pub(crate) use input::InputRequest;
pub(crate) use json::{Given, Members, Object, RawJson, RawStr};
pub(crate) use level::Level;
pub(crate) use message::{Malformed, Message, Notification, Request, Response};
pub(crate) use meta::RequestMeta;
pub(crate) use method::Method;
pub(crate) use prompt::{Prompt, PromptMessage};
pub(crate) use server_info::{Icon, Implementation};
pub(crate) use tool::{Tool, ToolAnnotations, ToolResult};
pub(crate) use version::Version;
