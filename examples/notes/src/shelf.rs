//! The notes themselves, in memory.

use std::collections::BTreeMap;

use crate::note::{Edit, Note, Summary};

/// All notes by their paths.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    notes: BTreeMap<String, Note>,
    changes: u64,
}

impl Shelf {
    pub(crate) fn get(&self, path: &str) -> Option<&Note> {
        self.notes.get(path)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Note> {
        self.notes.values()
    }

    /// The notes, the last changed first.
    pub(crate) fn recent(&self) -> Vec<&Note> {
        let mut notes: Vec<&Note> = self.all().collect();
        notes.sort_by_key(|note| std::cmp::Reverse(note.revision));
        notes
    }

    /// Writes a note; returns whether it is new.
    pub(crate) fn write(&mut self, path: &str, text: String, mut tags: Vec<String>) -> bool {
        tags.sort();
        tags.dedup();
        self.changes += 1;
        let note = Note {
            path: path.to_owned(),
            text,
            tags,
            revision: self.changes,
        };
        self.notes.insert(path.to_owned(), note).is_none()
    }

    /// Changes the text of a note.
    pub(crate) fn edit(&mut self, path: &str, edit: &Edit) -> Result<&Note, String> {
        let note = self.notes.get_mut(path);
        let note = note.ok_or_else(|| format!("there is no note `{path}`"))?;
        note.text = edited(&note.text, edit)?;
        self.changes += 1;
        note.revision = self.changes;
        Ok(note)
    }

    pub(crate) fn remove(&mut self, path: &str) -> bool {
        self.notes.remove(path).is_some()
    }
}

fn edited(text: &str, edit: &Edit) -> Result<String, String> {
    match edit {
        Edit::Append { text: more } => Ok(format!("{}\n{more}", text.trim_end())),
        Edit::Prepend { text: more } => Ok(format!("{more}\n{text}")),
        Edit::Replace {
            find,
            text: new,
            expected,
        } => {
            let found = text.matches(find.as_str()).count();
            match expected {
                Some(expected) if *expected != found => Err(format!(
                    "`{find}` is there {found} times, and {expected} were expected; nothing was changed"
                )),
                None if found == 0 => Err(format!("`{find}` is not in the note")),
                _ => Ok(text.replace(find.as_str(), new)),
            }
        }
        Edit::Section { heading, text: new } => section(text, heading, new)
            .ok_or_else(|| format!("the note has no heading `{heading}`")),
    }
}

/// Replaces the lines under a heading.
fn section(text: &str, heading: &str, new: &str) -> Option<String> {
    let is_heading = |line: &&str| line.starts_with('#');
    let lines: Vec<&str> = text.lines().collect();
    let named = |line: &&str| is_heading(line) && line.trim_start_matches('#').trim() == heading;
    let begin = lines.iter().position(named)? + 1;
    let end = lines.iter().skip(begin).position(is_heading);
    let end = end.map_or(lines.len(), |end| begin + end);
    let parts = [&lines[..begin], &[new], &lines[end..]];
    Some(parts.concat().join("\n"))
}

impl Note {
    /// The note in short.
    pub(crate) fn summary(&self) -> Summary {
        let title = self.text.lines().next().unwrap_or_default();
        Summary {
            path: self.path.clone(),
            title: title.trim_start_matches('#').trim().to_owned(),
            tags: self.tags.clone(),
        }
    }

    /// Returns whether the path or the text contains `words`, ignoring case.
    pub(crate) fn contains(&self, words: &str) -> bool {
        let words = words.to_lowercase();
        self.text.to_lowercase().contains(&words) || self.path.contains(&words)
    }
}
