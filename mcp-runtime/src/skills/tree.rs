//! The files of all skills together: paths and bytes, from any source.

use std::collections::{BTreeMap, BTreeSet};

/// The maximum size of all skills of a server together, since they are kept in memory.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// Files and folders by their paths, with `/` between the parts.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) files: BTreeMap<String, File>,
    pub(super) folders: BTreeSet<String>,
    bytes: u64,
}

#[derive(Debug)]
pub(super) struct File {
    pub(super) bytes: Vec<u8>,
    /// The path or name to use in messages.
    pub(super) shown: String,
}

impl Tree {
    pub(super) fn add(
        &mut self,
        path: String,
        bytes: Vec<u8>,
        shown: String,
    ) -> Result<(), String> {
        if !path.split('/').all(is_name) {
            return Err(format!(
                "`{shown}` is not a path of a file in a skill; write one such as `refunds/SKILL.md`"
            ));
        }
        self.room(bytes.len() as u64, &shown)?;
        self.bytes += bytes.len() as u64;
        match self.files.insert(path, File { bytes, shown }) {
            Some(other) => Err(format!(
                "`{}` has the path of another file; rename one of them",
                other.shown
            )),
            None => Ok(()),
        }
    }

    /// The number of remaining bytes.
    pub(super) fn left(&self) -> u64 {
        MOST_BYTES - self.bytes
    }

    /// Checks that `more` bytes, those of `shown`, fit.
    pub(super) fn room(&self, more: u64, shown: &str) -> Result<(), String> {
        if self.bytes + more <= MOST_BYTES {
            return Ok(());
        }
        Err(format!(
            "with `{shown}` the skills of this server have more than 256 MiB together; serve fewer of them"
        ))
    }
}

/// Returns `true` if a file or folder may have this name. Names that begin with a dot are hidden or refer to other
/// folders.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains(['\\', '\0'])
}
