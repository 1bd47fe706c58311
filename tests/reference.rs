//! The reference names the keys that exist, all of them, and no others.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The keys of each attribute, and of each key that has keys of its own, in their order.
type Keys = BTreeMap<String, Vec<String>>;

/// What the macros read: the tables in `mcp-macros/src/args`.
fn read() -> Keys {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mcp-macros/src/args");
    // What tables share, by the name under which they include it.
    let groups = [
        ("declaration", "NAMES"),
        ("declaration", "RUNNING"),
        ("policy", "KEYS"),
    ]
    .map(|(file, name)| {
        let source = source(&folder.join(file).with_extension("rs"));
        let group = source
            .split(&format!("const {name}: &[Key]"))
            .nth(1)
            .unwrap();
        (
            format!("{file}::{name}"),
            group.split("];").next().unwrap_or_default().to_owned(),
        )
    });
    let mut keys = Keys::new();
    for file in fs::read_dir(folder).unwrap() {
        let source = source(&file.unwrap().path());
        let source = source.split("#[cfg(test)]").next().unwrap_or_default();
        for table in source.split("Table = Table {").skip(1) {
            let table = &groups.iter().fold(table.to_owned(), |table, (name, keys)| {
                table.replace(name, keys)
            });
            let attribute = quoted(table, "attribute: ").next().unwrap();
            keys.entry(attribute)
                .or_default()
                .extend(quoted(table, "Key { name: "));
        }
    }
    // It has no page of its own: its two keys are described where `lib.rs` re-exports it.
    keys.remove("#[state]");
    keys
}

/// The text of a file, with one space wherever it has any.
fn source(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The strings that come after `label`.
fn quoted<'t>(text: &'t str, label: &'t str) -> impl Iterator<Item = String> + 't {
    text.split(label)
        .skip(1)
        .filter_map(|rest| rest.split('"').nth(1))
        .map(str::to_owned)
}

/// What the reference says: a heading with the attribute, then a table whose first column is the key.
fn described() -> Keys {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mcp-runtime/src/docs");
    let mut keys = Keys::new();
    for page in fs::read_dir(folder).unwrap() {
        let page = fs::read_to_string(page.unwrap().path()).unwrap();
        for section in page.split("\n#").skip(1).chain(page.strip_prefix('#')) {
            let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
            let names: Vec<String> = rows
                .filter_map(|row| row.split('`').next())
                .map(str::to_owned)
                .collect();
            if let (Some(attribute), false) = (section.split('`').nth(1), names.is_empty()) {
                keys.entry(attribute.to_owned()).or_default().extend(names);
            }
        }
    }
    keys
}

#[test]
fn the_reference_names_every_key_and_no_other() {
    let (read, described) = (read(), described());
    assert!(read.len() >= 10, "{read:#?}");
    assert_eq!(described, read);
}
