//! A test that the reference of the keys names all of them, and no others.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::declaration::{prompt, resource, tool};
use super::table::Table;
use super::table::home::HOMES;
use super::types::{elicit, model};
use super::{argument, policy, ready, server};

/// The keys of each attribute, and of each key that has keys of its own, in their order.
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
    // The keys inside `defaults(..)` are those of tools, and forms have an attribute of their own.
    let homeless = ["defaults(..)", "#[elicit]"];
    assert_eq!(HOMES.len() + homeless.len(), read.len());
}
