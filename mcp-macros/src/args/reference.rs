//! A test that the reference describes exactly the existing keys.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::declaration::{prompt, resource, tool};
use super::table::Table;
use super::table::home::HOMES;
use super::types::{elicit, model};
use super::{argument, policy, ready, server};

/// The keys of each attribute, and of each key with nested keys, in order.
type Keys = BTreeMap<String, Vec<String>>;

/// The keys that the macros read. `#[state]` has no page: its two keys are described where `lib.rs` re-exports it.
fn read() -> Keys {
    let mut keys = Keys::new();
    add(&tool::KEYS, &mut keys);
    add(&resource::KEYS, &mut keys);
    add(&prompt::KEYS, &mut keys);
    add(&argument::KEYS, &mut keys);
    add(&server::KEYS, &mut keys);
    add(&server::DEFAULTS, &mut keys);
    add(&ready::KEYS, &mut keys);
    add(&model::KEYS, &mut keys);
    add(&elicit::FIELD, &mut keys);
    add(&elicit::VARIANT, &mut keys);
    add(&elicit::CONTAINER, &mut keys);
    add(&policy::RATE_LIMIT, &mut keys);
    add(&policy::CONCURRENCY, &mut keys);
    add(&policy::CACHE, &mut keys);
    add(&policy::RETRY, &mut keys);
    add(&policy::BREAKER, &mut keys);
    keys
}

fn add<T>(table: &Table<T>, keys: &mut Keys) {
    let names = table.keys().map(|key| key.name.to_owned());
    keys.entry(table.attribute.to_owned())
        .or_default()
        .extend(names);
}

/// The keys that the reference describes: a heading with the attribute, then a table whose first column is the key.
fn described() -> Keys {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mcp-runtime/src/docs");
    let mut keys = Keys::new();
    let pages = fs::read_dir(folder)
        .unwrap()
        .map(|page| page.unwrap().path());
    for page in pages.filter(|page| page.is_file()) {
        let page = fs::read_to_string(page).unwrap();
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

#[test]
fn the_home_of_each_key_is_known() {
    let read = read();
    for home in HOMES {
        assert_eq!(
            home.keys.to_vec(),
            read[home.attribute].iter().collect::<Vec<_>>(),
            "{}",
            home.attribute
        );
    }
    // The keys inside `defaults(..)` are those of tools, and forms have a separate attribute.
    let homeless = ["defaults(..)", "#[elicit]"];
    assert_eq!(HOMES.len() + homeless.len(), read.len());
}

/// The file of the items that rust-analyzer shows for keys: one line for each row of the reference.
#[test]
fn editors_show_the_reference() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mcp-runtime/src/docs");
    let mut modules = BTreeMap::<String, String>::new();
    for page in ["tool", "resource", "prompt", "arg", "server", "model"] {
        let page = fs::read_to_string(folder.join(format!("{page}.md"))).unwrap();
        for section in page.split("\n#").skip(1).chain(page.strip_prefix('#')) {
            let name = section.split('`').nth(1).unwrap_or_default();
            let name = name.trim_matches(|c: char| !c.is_alphanumeric() && c != '_');
            let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
            let shown: String = rows.filter_map(shown).collect();
            if !shown.is_empty() {
                modules.entry(name.to_owned()).or_default().push_str(&shown);
            }
        }
    }
    let modules: Vec<String> = modules
        .iter()
        .map(|(name, keys)| format!("keys! {{\n    {name}\n{keys}}}\n"))
        .collect();
    let head = include_str!("ide.txt");
    let text = format!("{head}\n{}", modules.join("\n"));
    expect_test::expect_file!["../../../mcp-runtime/src/__private/ide.rs"].assert_eq(&text);
}

/// The line of a row: the key, and its documentation.
fn shown(row: &str) -> Option<String> {
    let row = row.replace("\\|", "\u{1}");
    let cells: Vec<&str> = row.trim_end_matches(" |").split(" | ").collect();
    let key = cells.first()?.trim_end_matches('`');
    let [_, form, default, meaning, example] = cells[..] else {
        return None;
    };
    let text = format!("{example} ({form}; default: {default})\n\n{meaning}").replace('\u{1}', "|");
    // A keyword cannot be the name of an item.
    (key != "crate").then(|| format!("    {key} {text:?}\n"))
}
