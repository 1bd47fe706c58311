//! The name, version and instructions of a server.

use crate::protocol::Implementation;

/// The server's name, version and instructions.
#[derive(Debug)]
pub(crate) struct Identity {
    pub info: Implementation,
    pub info_json: String,
    pub instructions: Option<String>,
}
