//! Bytes to protocol and back: stdio, Streamable HTTP, and in memory.

pub(crate) mod http;
pub(crate) mod lines;
pub(crate) mod stdio;
