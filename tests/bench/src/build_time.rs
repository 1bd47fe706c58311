//! The time of a clean build of the first example, and the size of its program, beside a server with rmcp.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use crate::{
    cargo::{self, HELLO, OF_RMCP},
    cpu,
    error::Error,
    program::stripped_size,
    report::print_line,
};

/// Builds both, one after the other, each in a folder of its own that is removed again, and prints a table.
pub(crate) fn run() -> Result<(), Error> {
    print_line("clean release builds, with the crates downloaded:\n");
    print_line("| | crates | seconds | processor seconds | program, stripped |");
    print_line("|---|---|---|---|---|");
    for (name, (selected, program)) in [
        ("example-hello", HELLO),
        ("the tools of the benchmark with rmcp", OF_RMCP),
    ] {
        let crates = cargo::crates(selected)?;
        fetch(selected)?;
        let target = Target::new();
        let (elapsed, used) = build(selected, &target.0)?;
        let used = used.map_or("?".to_owned(), |used| format!("{:.1}", used.as_secs_f64()));
        let size = stripped_size(&target.0.join("release").join(program))?;
        let size = size.map_or("?".to_owned(), |mib| format!("{mib:.1} MiB"));
        print_line(&format!(
            "| {name} | {crates} | {:.1} | {used} | {size} |",
            elapsed.as_secs_f64()
        ));
    }
    Ok(())
}

fn fetch(selected: &[&str]) -> Result<(), Error> {
    let manifest = selected.iter().filter(|_| selected[0] == "--manifest-path");
    let status = cargo::cargo("fetch")
        .args(["--locked", "--quiet"])
        .args(manifest)
        .status()
        .map_err(Error::io("starting cargo"))?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::Cargo(
            "cargo could not download the crates".to_owned(),
        ))
    }
}

fn build(selected: &[&str], target: &Path) -> Result<(Duration, Option<Duration>), Error> {
    let before = cpu::used_by_children();
    let start = Instant::now();
    let status = cargo::cargo("build")
        .args(["--release", "--locked", "--quiet"])
        .args(selected)
        .arg("--target-dir")
        .arg(target)
        .env("CARGO_INCREMENTAL", "0")
        .stdout(Stdio::null())
        .status()
        .map_err(Error::io("starting cargo"))?;
    if !status.success() {
        return Err(Error::Cargo("a clean build failed".to_owned()));
    }
    let used = cpu::used_by_children().zip(before);
    let used = used.and_then(|(after, before)| after.checked_sub(before));
    Ok((start.elapsed(), used))
}

/// A folder for a build, which is removed with it.
struct Target(PathBuf);

impl Target {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("bench-build.{}", std::process::id())))
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
