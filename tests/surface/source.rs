//! The source of a crate, module by module.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use syn::{Attribute, Item, ItemMod, UseTree};

/// The modules of a crate by their paths: `[]` is its root.
pub(super) struct Crate(pub HashMap<Vec<String>, Module>);

/// One module: its items, and the names that it imports.
pub(super) struct Module {
    pub items: Vec<Item>,
    /// The path of each imported name.
    pub imports: HashMap<String, Vec<String>>,
}

/// A name imported by a `use`: the name here, the path, and whether it is public.
pub(super) type Import = (String, Vec<String>);

impl Crate {
    pub(super) fn read(folder: &Path) -> Self {
        let mut modules = HashMap::new();
        read(&folder.join("lib.rs"), folder, Vec::new(), &mut modules);
        Self(modules)
    }
}

fn read(file: &Path, below: &Path, path: Vec<String>, modules: &mut HashMap<Vec<String>, Module>) {
    let text =
        fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let parsed = syn::parse_file(&text).unwrap();
    let (items, children): (Vec<_>, Vec<_>) = parsed
        .items
        .into_iter()
        .partition(|item| !matches!(item, Item::Mod(ItemMod { content: None, .. })));
    let mut items = items;
    for child in children {
        if let Item::Mod(child) = &child
            && !is_test(&child.attrs)
        {
            let name = child.ident.to_string();
            let path = [path.clone(), vec![name.clone()]].concat();
            let (file, below) = place(below, &name);
            read(&file, &below, path, modules);
        }
        items.push(child);
    }
    let imports = items.iter().flat_map(|item| match item {
        Item::Use(item) => imports(&item.tree, &path),
        _ => Vec::new(),
    });
    let imports = imports.collect();
    modules.insert(path, Module { items, imports });
}

fn place(below: &Path, name: &str) -> (PathBuf, PathBuf) {
    let file = below.join(format!("{name}.rs"));
    if file.exists() {
        return (file, below.join(name));
    }
    (below.join(name).join("mod.rs"), below.join(name))
}

/// The names imported by a `use` in the module at `here`, with `crate`, `self` and `super` resolved.
pub(super) fn imports(tree: &UseTree, here: &[String]) -> Vec<Import> {
    let mut found = Vec::new();
    walk(tree, Vec::new(), &mut |name, path| {
        found.push((name, absolute(path, here)));
    });
    found
}

fn walk(tree: &UseTree, path: Vec<String>, note: &mut impl FnMut(String, Vec<String>)) {
    let with = |name: &syn::Ident| [path.clone(), vec![name.to_string()]].concat();
    match tree {
        UseTree::Path(tree) => walk(&tree.tree, with(&tree.ident), note),
        UseTree::Name(name) if name.ident == "self" => {
            note(path.last().cloned().unwrap_or_default(), path);
        }
        UseTree::Name(name) => note(name.ident.to_string(), with(&name.ident)),
        // A trait imported for its methods: `_` is not a name, and also part of `'_`.
        UseTree::Rename(name) if name.rename == "_" => {}
        UseTree::Rename(name) => note(name.rename.to_string(), with(&name.ident)),
        UseTree::Group(group) => {
            for tree in &group.items {
                walk(tree, path.clone(), note);
            }
        }
        UseTree::Glob(_) => {}
    }
}

/// `crate::..`, `self::..` and `super::..` as paths that begin with `crate`.
fn absolute(path: Vec<String>, here: &[String]) -> Vec<String> {
    let mut rest = path.as_slice();
    let mut base = match rest.first().map(String::as_str) {
        Some("self") => here.to_vec(),
        Some("super") => here[..here.len() - 1].to_vec(),
        _ => return path,
    };
    rest = &rest[1..];
    while rest.first().is_some_and(|part| part == "super") {
        base.pop();
        rest = &rest[1..];
    }
    [vec!["crate".to_owned()], base, rest.to_vec()].concat()
}

/// Returns true for `#[cfg(test)]`.
pub(super) fn is_test(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("cfg") && tokens(attribute).contains("test"))
}

/// Returns true for `#[doc(hidden)]`.
pub(super) fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("doc") && tokens(attribute).contains("hidden"))
}

/// The identifiers in an attribute's arguments.
fn tokens(attribute: &Attribute) -> Vec<String> {
    let syn::Meta::List(list) = &attribute.meta else {
        return Vec::new();
    };
    let words = list.tokens.to_string();
    words
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .map(str::to_owned)
        .collect()
}

trait Contains {
    fn contains(&self, word: &str) -> bool;
}

impl Contains for Vec<String> {
    fn contains(&self, word: &str) -> bool {
        self.iter().any(|one| one == word)
    }
}
