//! The modules of `mcp-runtime` import in one direction, that of `ARCHITECTURE.md`, and its files have no import
//! cycles.
//!
//! Test modules are excluded. A module and the modules inside it are one unit: imports among them do not count.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The remaining cycles between files, each with its reason.
const CYCLES: [(&[&str], &str); 2] = [
    (
        &[
            "handler::argument::arg",
            "handler::argument::rule",
            "handler::form",
            "handler::form::field",
        ],
        "an argument can be elicited by a form, and the fields of a form are arguments",
    ),
    (
        &["legacy::session", "legacy::stream", "legacy::streams"],
        "a session owns its streams, and a reader keeps the session in use",
    ),
];

/// The segments of a path, from the root of the crate.
type Segments = Vec<String>;
type Graph = BTreeMap<String, BTreeSet<String>>;

/// The files of a crate by their modules, without comments and tests.
struct Sources(BTreeMap<String, String>);

impl Sources {
    fn read(root: &Path) -> Self {
        let mut sources = BTreeMap::new();
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|it| it == "rs")
                    && !path.ends_with("tests.rs")
                {
                    let module = module(path.strip_prefix(root).unwrap());
                    sources.insert(module, code(&fs::read_to_string(&path).unwrap()));
                }
            }
        }
        Self(sources)
    }

    fn has(&self, module: &[String]) -> bool {
        self.0.contains_key(&module.join("::"))
    }

    /// The path from the root that `path` means in `module`; `None` for one of another crate.
    fn absolute(&self, module: &str, path: &str) -> Option<Segments> {
        let mut from = segments(module);
        let mut rest: &[String] = &segments(path);
        match rest[0].as_str() {
            "crate" => return Some(rest[1..].to_vec()),
            "self" => rest = &rest[1..],
            "super" => {
                while rest.first().is_some_and(|segment| segment == "super") {
                    from.pop();
                    rest = &rest[1..];
                }
            }
            _ if self.has(&[&from[..], &rest[..1]].concat()) => {}
            _ => return None,
        }
        Some([&from, rest].concat())
    }

    /// The imports of each file, with re-exports resolved.
    fn graph(&self) -> Graph {
        let mut exported = BTreeMap::new();
        let mut imported: BTreeMap<&str, Vec<Segments>> = BTreeMap::new();
        for (module, text) in &self.0 {
            for (is_public, path) in imports(text) {
                let Some(path) = self.absolute(module, &path) else {
                    continue;
                };
                if is_public {
                    let name = path.last().cloned().unwrap_or_default();
                    exported.insert((module.clone(), name), path);
                } else {
                    imported.entry(module).or_default().push(path);
                }
            }
        }
        let arrow = |(from, paths): (&str, Vec<Segments>)| {
            let to = paths.into_iter().map(|path| self.owner(path, &exported));
            let to = to.filter(|to| !is_inside(from, to) && !is_inside(to, from));
            (from.to_owned(), to.collect())
        };
        imported.into_iter().map(arrow).collect()
    }

    /// The file that declares the item at `path`.
    fn owner(&self, mut path: Segments, exported: &BTreeMap<(String, String), Segments>) -> String {
        loop {
            let known = (0..=path.len()).rev().find(|it| self.has(&path[..*it]));
            let Some(length) = known else {
                return String::new();
            };
            let module = path[..length].join("::");
            let name = path.get(length).cloned().unwrap_or_default();
            let Some(target) = exported.get(&(module.clone(), name)) else {
                return module;
            };
            path = [target, &path[length + 1..]].concat();
        }
    }
}

fn segments(path: &str) -> Segments {
    path.split("::")
        .filter(|segment| !segment.is_empty())
        .map(str::to_owned)
        .collect()
}

fn module(file: &Path) -> String {
    let path = file.with_extension("").to_str().unwrap().replace('/', "::");
    let path = path.strip_suffix("::mod").unwrap_or(&path);
    if path == "lib" { "" } else { path }.to_owned()
}

/// The text of a file without its comments and its test module.
fn code(text: &str) -> String {
    let before_tests = text.split("\nmod tests {").next().unwrap_or_default();
    let lines = before_tests.lines().map(|line| line.split("//").next());
    lines
        .map(Option::unwrap_or_default)
        .fold(String::new(), |text, line| text + line + "\n")
}

fn is_inside(module: &str, unit: &str) -> bool {
    unit.is_empty() || module == unit || module.starts_with(&format!("{unit}::"))
}

/// The paths that a file names, and whether each is re-exported.
fn imports(text: &str) -> Vec<(bool, String)> {
    let mut found = Vec::new();
    for statement in text.split(';') {
        let declared = statement.lines().map(str::trim_start).collect::<Vec<_>>();
        let begins = |line: &&str| {
            line.starts_with("use ") || (line.starts_with("pub") && line.contains(" use "))
        };
        let (body, used) = match declared.iter().position(begins) {
            Some(line) => (declared[..line].join(" "), declared[line..].concat()),
            None => (declared.join(" "), String::new()),
        };
        if let Some((before, tree)) = used.split_once("use ") {
            let paths = expand(tree).into_iter();
            found.extend(paths.map(|path| (!before.is_empty(), path)));
        }
        found.extend(inline(&body).into_iter().map(|path| (false, path)));
    }
    found
}

/// The paths of a tree: `a::{b, c::{self, d as e}}` is `a::b`, `a::c` and `a::c::d`.
fn expand(tree: &str) -> Vec<String> {
    let Some((before, rest)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default().trim();
        let path = path.strip_suffix("self").unwrap_or(path);
        return vec![path.trim_end_matches("::").to_owned()];
    };
    let inside = rest.rsplit_once('}').unwrap().0;
    let mut depth = 0;
    let parts = inside.split(|letter| {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        letter == ',' && depth == 0
    });
    let paths = parts.map(str::trim).filter(|part| !part.is_empty());
    paths
        .flat_map(|part| expand(&format!("{}{part}", before.trim())))
        .collect()
}

/// The paths in code that begin at the root or the parent.
fn inline(code: &str) -> Vec<String> {
    let starts = ["crate::", "super::"].map(|start| code.match_indices(start));
    let of_a_path = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
    let path = |(at, _): (usize, &str)| {
        let rest = &code[at..];
        let end = rest.find(|letter| !of_a_path(letter)).unwrap_or(rest.len());
        rest[..end].trim_end_matches(':').to_owned()
    };
    starts.into_iter().flatten().map(path).collect()
}

/// All files reachable from `file`.
fn reached<'a>(graph: &'a Graph, file: &'a str) -> BTreeSet<&'a str> {
    let (mut reached, mut next) = (BTreeSet::new(), vec![file]);
    while let Some(file) = next.pop() {
        let targets = graph.get(file).into_iter().flatten();
        next.extend(targets.map(String::as_str).filter(|it| reached.insert(*it)));
    }
    reached
}

/// The modules in the map of `ARCHITECTURE.md`, from the first to the last.
fn order() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let map = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let map = map.split("## mcp-runtime: one direction").nth(1).unwrap();
    let block = map.split("```").nth(1).unwrap();
    let names = block
        .lines()
        .skip(1)
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split_whitespace().next())
        .map(|name| {
            name.trim_end_matches('/')
                .trim_end_matches(".rs")
                .to_owned()
        });
    names.collect()
}

fn graph() -> Graph {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mcp-runtime/src");
    Sources::read(&root).graph()
}

#[test]
fn no_module_imports_from_one_above_it() {
    let (order, mut wrong) = (order(), Vec::new());
    for (file, targets) in graph().iter().filter(|(file, _)| !file.is_empty()) {
        let rank = |module: &str| {
            let unit = segments(module).swap_remove(0);
            let rank = order.iter().position(|it| *it == unit);
            rank.unwrap_or_else(|| panic!("`{unit}` is not on the map of ARCHITECTURE.md"))
        };
        let up = targets.iter().filter(|target| rank(target) > rank(file));
        wrong.extend(up.map(|target| format!("{file} imports {target}")));
    }
    assert!(wrong.is_empty(), "against the order:\n{}", wrong.join("\n"));
}

#[test]
fn only_listed_files_import_each_other() {
    let graph = graph();
    let reached: BTreeMap<_, _> = graph
        .keys()
        .map(|file| (file.as_str(), reached(&graph, file)))
        .collect();
    let cycle_of = |file: &&str| -> Option<Vec<&str>> {
        let back = |other: &&str| reached.get(*other).is_some_and(|it| it.contains(*file));
        let cycle: Vec<_> = reached[*file].iter().copied().filter(back).collect();
        (cycle.len() > 1).then_some(cycle)
    };
    let found: BTreeSet<_> = reached.keys().filter_map(cycle_of).collect();
    let listed = CYCLES.iter().map(|(files, _)| files.to_vec()).collect();
    assert_eq!(found, listed);
}

#[test]
fn the_imports_that_are_read_are_those_of_the_files() {
    let graph = graph();
    let has = |from: &str, to: &str| graph[from].contains(to);
    assert!(
        has("legacy::streams", "legacy::stream"),
        "by a path from the parent"
    );
    assert!(
        has("policy::timeout", "handler::call::context"),
        "by a re-export"
    );
    assert!(has("handler::output::error", "handler::input::error"));
    assert!(has("legacy::handshake", "random"), "inside a function");
}
