//! The parts of [`Content`](crate::Content): the structs that its variants hold.

pub use crate::protocol::content::{EmbeddedResource, Media, Text};
pub use crate::protocol::server_info::Icon;
