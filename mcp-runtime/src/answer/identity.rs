//! The name, version and instructions of a server.

use crate::protocol::Implementation;

/// The server's name, version and instructions.
#[derive(Debug)]
pub(crate) struct Identity {
    pub info: Implementation,
    pub info_json: String,
    pub instructions: Option<String>,
}

impl Identity {
    pub(crate) fn new(info: Implementation, instructions: Option<String>) -> Self {
        Self {
            info_json: serde_json::to_string(&info).unwrap_or_else(|_| "{}".to_owned()),
            info,
            instructions,
        }
    }
}
