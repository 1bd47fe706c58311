//! Skills: folders of instructions for agents, read when the server is built and served as resources.
//!
//! [Skills extension](https://github.com/modelcontextprotocol/ext-skills) of revision 2026-07-28, and the
//! [format of a skill](https://agentskills.io/specification).
//!
//! Invariants: what is served is what was read, so that its digest holds; a file that breaks a rule stops the start,
//! with a text that names it; nothing outside the folder is read, by whatever link.

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

use crate::registry::Registry;

/// Where the skills of a server come from.
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

    /// Reads everything, and has `registry` serve it.
    pub(crate) fn publish(self, registry: &mut Registry) -> Result<(), String> {
        if self.0.is_empty() {
            return Ok(());
        }
        let mut tree = tree::Tree::default();
        for source in self.0 {
            match source {
                Source::Folder(folder) => folder::read(&folder, &mut tree)?,
                Source::Files(files) => {
                    for (path, bytes) in files {
                        let shown = path.clone();
                        tree.add(path, bytes, shown)?;
                    }
                }
            }
        }
        catalogue::publish(&tree, registry)
    }
}

/// Without the feature there are no methods that could add a source.
#[cfg(not(feature = "skills"))]
#[expect(clippy::unused_self, reason = "same shape as with the feature")]
impl Sources {
    pub(crate) fn append(&mut self, _: Self) {}

    #[expect(clippy::unnecessary_wraps, reason = "same shape as with the feature")]
    pub(crate) fn publish(self, _: &mut Registry) -> Result<(), String> {
        Ok(())
    }
}
