//! A desk of files: an MCP server that fetches files into a cache and edits text and tables, without a shell.
//!
//! | file | |
//! |---|---|
//! | `server.rs` | the tools and resources |
//! | `document.rs` | operations on texts and tables |
//! | `recipe.rs` | tools that are created at run time |

mod document;
mod recipe;
mod server;

use std::path::PathBuf;

pub use document::{Step, Table};
pub use server::Desk;

/// Builds the server for the files below `folder`.
pub fn server(folder: impl Into<PathBuf>) -> mcp_runtime::Server<Desk> {
    let desk = Desk::new(folder.into());
    let recipes = desk.recipes();
    let server = desk.into_server();
    recipes.connect(server.items());
    server
}
