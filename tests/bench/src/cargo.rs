//! Programs that are built when they are asked for, by cargo, in the release profile.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Command,
};

use crate::error::Error;

/// The crate with rmcp, which is no part of the workspace: its dependencies are its own.
const RMCP: (&str, &str) = (
    concat!(env!("CARGO_MANIFEST_DIR"), "/rmcp/Cargo.toml"),
    "rmcp-calculator",
);

/// The first example, by the arguments that select it, and its program.
pub(crate) const HELLO: (&[&str], &str) = (&["-p", "example-hello"], "example-hello");

/// The server that is written with rmcp, likewise.
pub(crate) const OF_RMCP: (&[&str], &str) = (&["--manifest-path", RMCP.0], RMCP.1);

/// Builds a program in the folder of this one, and returns its path.
pub(crate) fn build(selected: &[&str], program: &str) -> Result<PathBuf, Error> {
    let itself = std::env::current_exe().map_err(Error::io("finding this program"))?;
    let target = itself.ancestors().nth(2).unwrap_or(Path::new("target"));
    let mut command = cargo("build");
    command
        .args(["--release", "--locked", "--quiet"])
        .args(selected)
        .arg("--target-dir")
        .arg(target);
    let status = command.status().map_err(Error::io("starting cargo"))?;
    if !status.success() {
        return Err(Error::Cargo(format!("cargo could not build `{program}`")));
    }
    Ok(target.join("release").join(program))
}

/// Builds the server that is written with rmcp.
pub(crate) fn build_rmcp() -> Result<PathBuf, Error> {
    let (selected, program) = OF_RMCP;
    build(selected, program)
}

/// The number of crates that a package is made of, itself and what its macros are made of included.
pub(crate) fn crates(selected: &[&str]) -> Result<usize, Error> {
    let output = cargo("tree")
        .args(["--locked", "--edges", "normal", "--prefix", "none"])
        .args(selected)
        .output()
        .map_err(Error::io("starting cargo"))?;
    let listed = String::from_utf8_lossy(&output.stdout);
    let lines = listed.lines().map(|line| line.trim_end_matches(" (*)"));
    let crates: BTreeSet<_> = lines.filter(|line| !line.is_empty()).collect();
    match crates.len() {
        0 => Err(Error::Cargo("cargo could not list the crates".to_owned())),
        count => Ok(count),
    }
}

/// A command of the cargo that has started this program, or else of the one that is found, in the folder of the workspace.
pub(crate) fn cargo(command: &str) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut cargo = Command::new(program);
    cargo.arg(command).current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_release_profile_is_that_of_a_user() {
        let manifest = include_str!("../../../Cargo.toml");
        assert!(
            !manifest.contains("[profile.release"),
            "users of the crates have no such profile"
        );
    }
}
