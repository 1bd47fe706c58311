//! The tools, resources and prompts of the server.

use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use mcp_runtime::{Confirm, Context, Json, Prompt, ResourceLink, ToolError, model, server};

use crate::note::{Edit, Found, Note};
use crate::shelf::Shelf;

/// The notes of one user.
#[derive(Debug, Default)]
pub struct Notes {
    shelf: Mutex<Shelf>,
}

/// The order of a list.
#[model]
#[derive(Clone, Copy, Debug, Default)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// By path.
    #[default]
    Path,
    /// The last changed first.
    Recent,
}

impl Notes {
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes an introductory note.
    pub(crate) fn welcome(&self) {
        let text = "# Welcome\n\nNotes are Markdown, and their paths are your folders.\n\n## Next\n\nWrite one.";
        self.shelf()
            .write("welcome", text.to_owned(), vec!["help".to_owned()]);
    }
}

/// Notes in Markdown, under paths such as `garden/roses`.
#[server]
impl Notes {
    /// Writes a note, and replaces an existing one at the same path.
    #[tool(idempotent, open_world = false, meta("com.example/group" = "write"))]
    pub async fn write_note(
        &self,
        cx: &Context,
        /// The path, such as `garden/roses`.
        #[arg(pattern = "^[a-z0-9-]+(/[a-z0-9-]+)*$", alias("name", "note"))]
        path: String,
        /// The text in Markdown.
        #[arg(length = 1..=100_000, alias("content", "body"))]
        text: String,
        /// Tags to find the note by.
        #[arg(default)]
        tags: Vec<String>,
    ) -> String {
        let is_new = self.shelf().write(&path, text, tags);
        cx.resource_updated(format!("note://{path}"));
        if is_new {
            cx.resources_changed();
            return format!("wrote the new note `{path}`");
        }
        format!("wrote `{path}`")
    }

    /// Reads a note.
    #[tool(read_only, open_world = false)]
    pub async fn read_note(
        &self,
        /// The path of the note.
        #[arg(alias("name", "note"))]
        path: String,
    ) -> Result<Json<Note>, String> {
        let note = self.shelf().get(&path).cloned();
        note.map(Json)
            .ok_or_else(|| format!("there is no note `{path}`; search for it"))
    }

    /// Searches the notes by words, tags or both.
    #[tool(read_only, open_world = false, max_output = "64KiB")]
    pub async fn search_notes(
        &self,
        /// Words that the note contains.
        #[arg(alias("q", "text"))]
        query: Option<String>,
        /// Tags that the note has, all of them.
        #[arg(default)]
        tags: Vec<String>,
        /// The order of the notes.
        #[arg(default)]
        order: Order,
        /// The page, from 1.
        #[arg(default = 1, range = 1..=1_000)]
        page: usize,
        /// The maximum number of notes on a page.
        #[arg(default = 10, range = 1..=100)]
        limit: usize,
    ) -> Json<Found> {
        let notes_kept = self.shelf();
        let notes = match order {
            Order::Path => notes_kept.all().collect(),
            Order::Recent => notes_kept.recent(),
        };
        let fits = |note: &&Note| {
            query.as_deref().is_none_or(|query| note.contains(query))
                && tags.iter().all(|tag| note.tags.contains(tag))
        };
        let found: Vec<&Note> = notes.into_iter().filter(fits).collect();
        let of_page = found.iter().skip((page - 1) * limit).take(limit);
        Json(Found {
            notes: of_page.map(|note| note.summary()).collect(),
            total: found.len(),
        })
    }

    /// Changes a part of a note.
    #[tool(open_world = false)]
    pub async fn edit_note(
        &self,
        cx: &Context,
        /// The path of the note.
        #[arg(alias("name", "note"))]
        path: String,
        /// The change.
        #[arg(alias("operation"))]
        edit: Edit,
    ) -> Result<Json<Note>, String> {
        let note = self.shelf().edit(&path, &edit)?.clone();
        cx.resource_updated(format!("note://{path}"));
        Ok(Json(note))
    }

    /// Deletes a note, after the user has agreed.
    #[tool(destructive, open_world = false)]
    pub async fn delete_note(
        &self,
        cx: &Context,
        /// The path of the note.
        #[arg(alias("name", "note"))]
        path: String,
    ) -> Result<String, ToolError> {
        if self.shelf().get(&path).is_none() {
            return Err(ToolError::new(format!("there is no note `{path}`")));
        }
        let sure: Confirm = cx.elicit("delete", format!("Delete `{path}`?")).await?;
        if !sure.yes() {
            return Ok("kept".to_owned());
        }
        self.shelf().remove(&path);
        cx.resources_changed();
        Ok(format!("deleted `{path}`"))
    }

    /// A note.
    #[resource("note://{+path}", name = "A note", mime_type = "text/markdown", list = Self::notes)]
    pub async fn note(&self, #[arg(complete = Self::paths)] path: String) -> Option<String> {
        self.shelf().get(&path).map(|note| note.text.clone())
    }

    /// The most recently changed notes.
    #[resource("notes:recent", name = "Recent activity", mime_type = "text/markdown")]
    pub async fn recent(&self) -> String {
        let mut list = String::from("# Recent notes\n");
        for note in self.shelf().recent().into_iter().take(10) {
            let _ = write!(list, "\n- [{}](note://{})", note.summary().title, note.path);
        }
        list
    }

    /// Continues a conversation about a topic, with the notes about it.
    #[prompt(title = "Continue a topic")]
    pub async fn continue_topic(
        &self,
        /// The topic, or a tag.
        topic: String,
    ) -> Prompt {
        let notes_kept = self.shelf();
        let about = |note: &&Note| note.contains(&topic) || note.tags.contains(&topic);
        let notes: Vec<&Note> = notes_kept.all().filter(about).take(5).collect();
        let prompt = Prompt::new().user(format!("Let us go on with {topic}."));
        let prompt = notes.iter().fold(prompt, |prompt, note| {
            prompt.user(format!("My note `{}`:\n\n{}", note.path, note.text))
        });
        prompt.user(if notes.is_empty() {
            "I have no notes about it yet: ask me what I know."
        } else {
            "Sum up where I stand, and propose the next step."
        })
    }

    fn notes(&self) -> Vec<ResourceLink> {
        let link = |note: &Note| {
            let link = ResourceLink::new(format!("note://{}", note.path), note.summary().title);
            link.mime_type("text/markdown")
        };
        self.shelf().all().map(link).collect()
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "a completion owns what was typed"
    )]
    fn paths(&self, typed: String) -> Vec<String> {
        let begins = |note: &&Note| note.path.starts_with(&typed);
        self.shelf()
            .all()
            .filter(begins)
            .map(|note| note.path.clone())
            .collect()
    }
}
