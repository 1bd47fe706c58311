//! The name, version and instructions of a server.

use crate::protocol::Implementation;

/// Who the server says it is.
#[derive(Debug)]
pub(crate) struct Identity {
    pub info: Implementation,
    pub info_json: String,
    pub instructions: Option<String>,
}
