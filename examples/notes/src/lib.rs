//! Notes in Markdown: an MCP server to write, read, search and edit them.
//!
//! | file | |
//! |---|---|
//! | `server.rs` | the tools, resources and prompts |
//! | `note.rs` | their arguments and results |
//! | `shelf.rs` | the notes themselves, in memory |

mod note;
mod server;
mod shelf;

pub use note::{Edit, Found, Note, Summary};
pub use server::Notes;

/// Builds the server, with a first note.
pub fn server() -> mcp_runtime::Server<Notes> {
    let notes = Notes::default();
    notes.welcome();
    notes.into_server()
}
