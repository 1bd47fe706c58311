//! The server {{project-name}}.

use std::sync::Mutex;

use mcp_runtime::{Server, server};

/// The state that all calls share.
#[derive(Default)]
pub struct Notes {
    notes: Mutex<Vec<String>>,
}

/// Keeps notes.
#[server(defaults(timeout = "5s"))]
impl Notes {
    /// Keeps a note.
    #[tool(rate_limit = "60/min")]
    async fn keep(
        &self,
        /// The text of the note.
        #[arg(length = 1..=1000)]
        text: String,
    ) -> Result<String, &'static str> {
        let mut notes = self.notes.lock().map_err(|_| "the notes are broken")?;
        notes.push(text);
        Ok(format!("kept as number {}", notes.len()))
    }

    /// Returns all notes.
    #[tool(read_only, max_output = "64KiB")]
    async fn list(&self) -> Result<String, &'static str> {
        let notes = self.notes.lock().map_err(|_| "the notes are broken")?;
        Ok(notes.join("\n"))
    }
}

/// Builds the server; `main` runs it, and the tests call it.
pub fn server() -> Server<Notes> {
    Notes::default().into_server()
}
