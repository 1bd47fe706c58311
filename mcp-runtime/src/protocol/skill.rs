//! Skills as `skills/list` and `skills/get` describe them.
//!
//! [Skills extension](https://github.com/modelcontextprotocol/ext-skills) of revision 2026-07-28.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A skill: its instructions, and a complete list of its files.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub(crate) struct Skill {
    /// The URI of its `SKILL.md`.
    pub uri: String,
    /// The frontmatter of its `SKILL.md` as JSON, whole and unchanged.
    pub frontmatter: Map<String, Value>,
    /// Its files, including `SKILL.md` and those of nested skills.
    pub resources: Vec<SkillFile>,
}

/// A file of a skill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub(crate) struct SkillFile {
    /// The URI.
    pub uri: String,
    /// `sha256:` and 64 hexadecimal digits, over the bytes of the file.
    pub digest: String,
    /// The size in bytes.
    pub size: u64,
}
