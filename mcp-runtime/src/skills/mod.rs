//! Skills: folders of instructions for agents, read when the server is built and served as resources.
//!
//! [Skills extension](https://github.com/modelcontextprotocol/ext-skills) of revision 2026-07-28, and the
//! [format of a skill](https://agentskills.io/specification).
//!
//! Invariants: the served bytes are those that were read, so that the digest is right; a file that violates a rule
//! stops the start, with an error that names it; nothing outside the folder is read, through any link.

#[cfg(feature = "skills")]
mod catalogue;
#[cfg(feature = "skills")]
mod folder;
#[cfg(feature = "skills")]
mod frontmatter;
#[cfg(feature = "skills")]
mod media_type;
#[cfg(feature = "skills")]
mod tree;

use crate::protocol::skill::Skill;
use crate::registry::Entry;
use crate::registry::files::Files;

/// The skills of a server, and their files.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    /// In the order of their paths.
    pub skills: Vec<Skill>,
    pub files: Files,
}

/// The sources of a server's skills.
#[derive(Debug, Default)]
pub(crate) struct Sources(#[cfg(feature = "skills")] Vec<Source>);

#[cfg(feature = "skills")]
#[derive(Debug)]
pub(crate) enum Source {
    /// A folder, which is read when the server is built.
    Folder(std::path::PathBuf),
    /// Files of the program's own, by their paths.
    Files(Vec<(String, Vec<u8>)>),
}

#[cfg(feature = "skills")]
impl Sources {
    pub(crate) fn push(&mut self, source: Source) {
        self.0.push(source);
    }

    pub(crate) fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// Reads everything that is served in addition to `entries`; returns the errors of all files.
    pub(crate) fn read(&self, entries: &[Entry]) -> Result<Catalogue, Vec<String>> {
        if self.0.is_empty() {
            return Ok(Catalogue::default());
        }
        let mut tree = tree::Tree::default();
        let mut faults = Vec::new();
        for source in &self.0 {
            match source {
                Source::Folder(folder) => faults.extend(folder::read(folder, &mut tree).err()),
                Source::Files(files) => faults.extend(files.iter().filter_map(|(path, bytes)| {
                    tree.add(path.clone(), bytes.clone(), path.clone()).err()
                })),
            }
        }
        if faults.is_empty() {
            catalogue::read(&tree, entries)
        } else {
            Err(faults)
        }
    }
}

/// Without the feature no method adds a source.
#[cfg(not(feature = "skills"))]
#[expect(clippy::unused_self, reason = "same shape as with the feature")]
impl Sources {
    pub(crate) fn append(&mut self, _: Self) {}

    #[expect(clippy::unnecessary_wraps, reason = "same shape as with the feature")]
    pub(crate) fn read(&self, _: &[Entry]) -> Result<Catalogue, Vec<String>> {
        Ok(Catalogue::default())
    }
}
