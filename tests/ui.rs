//! The diagnostics of the macros, and the programs that must compile.
//!
//! Rules for `ui/`: a failing fixture has one mistake, named by its file, and uses the item, so that a lost item would
//! be visible; its `.stderr` has one error. `TRYBUILD=overwrite` writes the current output of the compiler.

use std::fs;
use std::path::{Path, PathBuf};

mod pass;

// trybuild checks all programs by one call of cargo, since none of them runs.
#[test]
fn diagnostics() {
    trybuild::TestCases::new().compile_fail("ui/fail/*/*.rs");
}

#[test]
fn every_program_that_passes_is_a_module() {
    let modules = include_str!("ui/pass.rs");
    for path in files(Path::new("ui/pass"), "rs") {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        assert!(modules.contains(&format!("mod {name};")), "{name}");
    }
}

#[test]
fn every_mistake_is_one_error() {
    let expected = files(Path::new("ui/fail"), "stderr");
    assert!(expected.len() > 100, "no expectations in ui/fail");
    for path in expected {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let errors = text
            .lines()
            .filter(|line| line.starts_with("error"))
            .count();
        let warnings = text
            .lines()
            .filter(|line| line.starts_with("warning"))
            .count();
        assert_eq!((errors, warnings), (1, 0), "{}", path.display());
    }
}

#[test]
fn every_failing_fixture_has_an_expectation() {
    for path in files(Path::new("ui/fail"), "rs") {
        assert!(path.with_extension("stderr").exists(), "{}", path.display());
    }
}

/// The files below `folder` whose names end in `extension`, in order.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    let mut found: Vec<PathBuf> = entries
        .flat_map(|path| {
            if path.is_dir() {
                files(&path, extension)
            } else {
                vec![path]
            }
        })
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    found.sort();
    found
}
