//! The skills extension: skills as entries, as resources and as folders, and the faults that stop the start.

mod folder;
mod rules;
mod serve;

use mcp_runtime::Server;

/// The text of a `SKILL.md`.
pub(crate) fn manifest(name: &str) -> String {
    format!("---\nname: {name}\ndescription: About {name}.\n---\n# {name}\n")
}

/// A server with these files.
pub(crate) fn server<const N: usize>(files: [(&str, &[u8]); N]) -> Server {
    Server::new("skilled", "1.0.0").skill_files(files)
}

/// The reason why a server cannot start.
pub(crate) fn fault(server: Server) -> String {
    server.check().expect_err("the server starts").to_string()
}
