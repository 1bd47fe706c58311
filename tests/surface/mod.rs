//! The public interface of `mcp-runtime`: listed in `surface.txt`, so that changes are visible in review, and without
//! crates that users need not know.
//!
//! `MCP_SURFACE=overwrite` writes the list. Compiled as a test of `mcp-macros`, which depends on syn.

mod listing;
mod source;

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

use listing::Listing;
use source::Crate;

/// The crates that signatures may name: the standard library, and those that users work with anyway.
const NAMED: [&str; 10] = [
    "alloc",
    "axum",
    "core",
    "schemars",
    "serde",
    "serde_json",
    "std",
    "tokio",
    "tokio_rustls",
    "tracing_subscriber",
];

fn listing() -> Listing {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mcp-runtime/src");
    Listing::new(&Crate::read(&folder))
}

#[test]
fn the_public_interface_matches_the_list() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/surface.txt");
    let now = listing()
        .lines
        .iter()
        .fold(String::new(), |text, line| text + line + "\n");
    if env::var_os("MCP_SURFACE").is_some_and(|wanted| wanted == "overwrite") {
        fs::write(&path, &now).unwrap();
    }
    let before = fs::read_to_string(&path).unwrap_or_default();
    let lines = |text: &str| -> BTreeSet<String> { text.lines().map(str::to_owned).collect() };
    let (before, after) = (lines(&before), lines(&now));
    let gone = before.difference(&after).map(|line| format!("- {line}"));
    let new = after.difference(&before).map(|line| format!("+ {line}"));
    let changes: Vec<_> = gone.chain(new).collect();
    assert!(
        changes.is_empty(),
        "the public interface has changed:\n{}\n\nif that is meant, accept it with MCP_SURFACE=overwrite cargo test \
         --workspace --lib -- surface, and say so in the changelog",
        changes.join("\n")
    );
}

#[test]
fn each_public_type_has_one_name() {
    let lines = listing().lines;
    let mut names = BTreeSet::new();
    let kinds = ["struct ", "enum ", "trait ", "type "];
    for line in &lines {
        let Some(path) = kinds.iter().find_map(|kind| line.strip_prefix(kind)) else {
            continue;
        };
        let name = path.split(['<', '(', ' ', '=']).next().unwrap_or(path);
        let name = name.rsplit("::").next().unwrap_or(name).to_owned();
        assert!(names.insert(name.clone()), "{name} is public twice: {line}");
    }
}

#[test]
fn signatures_expose_no_internal_dependency() {
    let foreign: Vec<_> = listing()
        .foreign
        .into_iter()
        .filter(|(crate_, _)| !NAMED.contains(&crate_.as_str()))
        .map(|(crate_, item)| format!("{item} names `{crate_}`"))
        .collect();
    assert!(foreign.is_empty(), "{}", foreign.join("\n"));
}
