//! The skills of a server: folders, and files that are compiled into the program.

use super::Server;
use crate::handler::call::inject::State;
use crate::skills::Source;

impl<S: State> Server<S> {
    /// Serves the skills in `folder`: each folder below it with a `SKILL.md` is one, at `skill://<path>/SKILL.md`.
    ///
    /// All files in a skill's folder are served with it, except those whose names begin with a dot. Files are read and
    /// kept when the server is built: at most 16 MiB and 512 files per skill, and 256 MiB in all. A file that violates
    /// the [format](https://agentskills.io/specification) stops the start, with a text that names the file and the
    /// remedy.
    ///
    /// Clients of revision 2026-07-28 find them by the
    /// [skills extension](https://github.com/modelcontextprotocol/ext-skills); for older ones they are resources.
    ///
    /// ```no_run
    /// # use mcp_runtime::Server;
    /// let server = Server::new("shop", "1.0.0").skills("skills"); // skills/refunds/SKILL.md and others
    /// ```
    pub fn skills(mut self, folder: impl Into<std::path::PathBuf>) -> Self {
        self.parts.skills.push(Source::Folder(folder.into()));
        self
    }

    /// Serves skills that are compiled into the program, file by file, like [`Server::skills`].
    ///
    /// ```
    /// # use mcp_runtime::Server;
    /// let server = Server::new("shop", "1.0.0").skill_files([
    ///     // include_str!("../skills/refunds/SKILL.md")
    ///     ("refunds/SKILL.md", "---\nname: refunds\ndescription: How to pay back.\n---\nAsk first."),
    /// ]);
    /// assert!(server.check().is_ok());
    /// ```
    pub fn skill_files<P: Into<String>, B: AsRef<[u8]>>(
        mut self,
        files: impl IntoIterator<Item = (P, B)>,
    ) -> Self {
        let files = files
            .into_iter()
            .map(|(path, bytes)| (path.into(), bytes.as_ref().to_vec()));
        self.parts.skills.push(Source::Files(files.collect()));
        self
    }
}
