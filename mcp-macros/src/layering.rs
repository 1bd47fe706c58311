//! Checks the order of the stages, and that there are no import cycles.
//!
//! An import is a path that starts with `crate`, `self` or `super` and ends in another file; test code is excluded.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{Spacing, TokenStream, TokenTree};
use syn::{Item, UseTree};

use crate::syntax::attribute;
use crate::syntax::item::is_punct;

/// The stages, each of which may import those before it.
const ORDER: [&str; 10] = [
    "diag", "kind", "syntax", "args", "ir", "lower", "codegen", "expand", "kit", "",
];

/// The files by their module, such as `lower::argument`, with the tokens outside of their tests.
type Files = BTreeMap<Vec<String>, TokenStream>;

/// The imports of each file.
type Graph = BTreeMap<Vec<String>, BTreeSet<Vec<String>>>;

#[test]
fn no_stage_names_a_later_one() {
    let place = |module: &[String]| {
        let stage = module.first().map_or("", String::as_str);
        ORDER.iter().position(|known| *known == stage)
    };
    for (from, to) in graph() {
        assert!(place(&from).is_some(), "{from:?} is in no stage");
        for to in to {
            assert!(place(&to) <= place(&from), "{from:?} names {to:?}");
        }
    }
}

#[test]
fn files_have_no_import_cycles() {
    let mut graph = graph();
    loop {
        let ends = |to: &BTreeSet<_>| to.iter().all(|to| !graph.contains_key(to));
        let Some(end) = graph.iter().find(|(_, to)| ends(to)) else {
            break;
        };
        let end = end.0.clone();
        graph.remove(&end);
    }
    assert!(graph.is_empty(), "in cycles or before them: {graph:#?}");
}

fn graph() -> Graph {
    let mut files = Files::new();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    read(&source, &[], &mut files);
    assert!(files.len() > 60, "{} files", files.len());
    let edge = |(from, tokens): (&Vec<String>, &TokenStream)| {
        let mut paths = Vec::new();
        collect(tokens.clone(), &mut paths);
        let to = paths.iter().filter_map(|path| target(from, path, &files));
        (from.clone(), to.filter(|to| to != from).collect())
    };
    let graph: Graph = files.iter().map(edge).collect();
    let count: usize = graph.values().map(BTreeSet::len).sum();
    assert!(count > 250, "{count} imports");
    graph
}

fn read(folder: &Path, module: &[String], files: &mut Files) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let mut module = module.to_vec();
        if !["mod", "lib"].contains(&name) {
            module.push(name.to_owned());
        }
        if path.is_dir() {
            read(&path, &module, files);
            continue;
        }
        let file = syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
        if ["layering", "reference"].contains(&name) {
            continue;
        }
        let kept = file.items.into_iter().filter(|item| !is_test(item));
        files.insert(module, kept.map(|item| quote::quote!(#item)).collect());
    }
}

fn is_test(item: &Item) -> bool {
    matches!(item, Item::Mod(module) if module.attrs.iter().any(|it| attribute::is(it, "cfg")))
}

/// The paths in the tokens, with the braces of a `use` expanded.
fn collect(tokens: TokenStream, paths: &mut Vec<Vec<String>>) {
    let mut trees = tokens.into_iter().peekable();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Group(group) => collect(group.stream(), paths),
            TokenTree::Ident(word) if word == "use" => {
                let rest = std::iter::from_fn(|| trees.next_if(|tree| !is_punct(tree, ';')));
                if let Ok(tree) = syn::parse2(rest.collect()) {
                    used(&tree, &mut Vec::new(), paths);
                }
            }
            TokenTree::Ident(word) => {
                let mut path = vec![word.to_string()];
                while trees.next_if(is_double_colon).is_some() {
                    trees.next();
                    if let Some(TokenTree::Ident(next)) =
                        trees.next_if(|tree| matches!(tree, TokenTree::Ident(_)))
                    {
                        path.push(next.to_string());
                    }
                }
                // A single segment is `mod name;`, or the `crate` of a visibility.
                if path.len() > 1 {
                    paths.push(path);
                }
            }
            _ => {}
        }
    }
}

/// Reports whether this is the first half of a `::`.
fn is_double_colon(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Punct(half) if half.as_char() == ':' && half.spacing() == Spacing::Joint)
}

fn used(tree: &UseTree, before: &mut Vec<String>, paths: &mut Vec<Vec<String>>) {
    let name = match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            used(&path.tree, before, paths);
            before.pop();
            return;
        }
        UseTree::Group(group) => {
            return group.items.iter().for_each(|it| used(it, before, paths));
        }
        UseTree::Name(name) => name.ident.to_string(),
        UseTree::Rename(rename) => rename.ident.to_string(),
        UseTree::Glob(_) => String::new(),
    };
    paths.push(before.iter().cloned().chain([name]).collect());
}

/// The file that a path in `from` refers to; `None` for a path that starts at no module of the crate.
fn target(from: &[String], path: &[String], files: &Files) -> Option<Vec<String>> {
    let mut whole = match path.first()?.as_str() {
        "crate" => Vec::new(),
        "self" => from.to_vec(),
        "super" => from.get(..from.len().checked_sub(1)?)?.to_vec(),
        _ => [from, path.get(..1)?].concat(),
    };
    for word in path.get(1..)? {
        if word == "super" {
            whole.pop();
        } else {
            whole.push(word.clone());
        }
    }
    let starts_here = !["crate", "self", "super"].contains(&path.first()?.as_str());
    while !files.contains_key(&whole) {
        whole.pop()?;
    }
    (!starts_here || whole.len() > from.len()).then_some(whole)
}
