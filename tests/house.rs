//! The measures of the code base: documentation, functions, folders and names, printed as a table and checked against
//! limits.
//!
//! `cargo test --workspace --test integration -- house --nocapture` shows the table.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The crates that are measured, by their folders.
const CRATES: [&str; 3] = ["mcp-macros", "mcp-runtime", "mcp-testkit"];
/// The maximum number of lines of a function, from its `fn` to its closing brace.
const FUNCTION: usize = 60;
/// The maximum number of files and folders in a folder of `handler/` and `lower/`.
const FOLDER: usize = 12;
/// The folders with that limit.
const LIMITED_FOLDERS: [&str; 2] = ["mcp-runtime/src/handler", "mcp-macros/src/lower"];
/// The minimum of documentation in the runtime, in tenths of a percent of its lines that are not empty.
const DOCUMENTED: usize = 150;
/// The maximum of first doc lines that open with a question word, in tenths of a percent.
const QUESTIONED: usize = 20;
/// The maximum number of crates in the first server, including itself and the dependencies of its macros.
const CRATES_OF_HELLO: usize = 104;
/// Crates present in two versions because of their dependents.
const TWICE: [&str; 0] = [];
/// The words that open a free relative clause in place of a verb.
const QUESTIONS: [&str; 11] = [
    "What", "Whether", "How", "Where", "Why", "Who", "Whose", "When", "Which", "Whoever",
    "Whatever",
];

/// A source file, without its test module.
struct Source {
    path: PathBuf,
    text: String,
}

/// A function, as it is formatted.
struct Function {
    name: String,
    lines: usize,
}

/// The measures of one crate.
#[derive(Default)]
struct Measures {
    files: usize,
    lines: usize,
    functions: Vec<usize>,
    doc_lines: usize,
    first_lines: usize,
    questions: usize,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Returns the sources under `folder`, without test files.
fn sources(folder: &Path) -> Vec<Source> {
    files(folder, "rs")
}

/// Returns the files under `folder` with this extension, without test files.
fn files(folder: &Path, extension: &str) -> Vec<Source> {
    let (mut sources, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_test = ["tests", "tests.rs"].iter().any(|it| path.ends_with(it));
            if path.is_dir() && !is_test {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == extension) && !is_test {
                let text = fs::read_to_string(&path).unwrap();
                let text = text
                    .split("\n#[cfg(test)]\nmod ")
                    .next()
                    .unwrap()
                    .to_owned();
                sources.push(Source { path, text });
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

/// Returns the functions of a formatted file: each ends at a brace with the indentation of its beginning.
fn functions(text: &str) -> Vec<Function> {
    let lines: Vec<_> = text.lines().collect();
    let mut found = Vec::new();
    for (first, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else {
            continue;
        };
        let indent = &line[..line.len() - line.trim_start().len()];
        let ends = |line: &&str| {
            let rest = line.strip_prefix(indent).unwrap_or_default();
            rest == "}"
                || (rest.ends_with('}') || rest.ends_with(';')) && !rest.starts_with([' ', '/'])
        };
        let one_line = line.ends_with('}') || line.ends_with(';');
        let last = lines[first + 1..].iter().position(ends);
        found.push(Function {
            name: name.to_owned(),
            lines: if one_line {
                1
            } else {
                last.map_or(1, |last| last + 2)
            },
        });
    }
    found
}

/// Returns the name of the function declared on a line.
fn function_name(line: &str) -> Option<&str> {
    let (before, after) = line.trim_start().split_once("fn ")?;
    let is_qualifier = |word: &str| {
        ["pub", "async", "const", "unsafe", "in"].contains(&word)
            || word.starts_with("pub(")
            || word.ends_with(')')
    };
    let name = after.split(['(', '<']).next()?;
    let is_name = !name.is_empty() && name.chars().all(|it| it.is_alphanumeric() || it == '_');
    (is_name && before.split_whitespace().all(is_qualifier)).then_some(name)
}

impl Measures {
    fn take(sources: &[Source]) -> Self {
        let mut measures = Self::default();
        for source in sources {
            measures.files += 1;
            measures
                .functions
                .extend(functions(&source.text).iter().map(|it| it.lines));
            let mut is_first = true;
            for line in source.text.lines().map(str::trim_start) {
                measures.lines += usize::from(!line.is_empty());
                let Some(doc) = line
                    .strip_prefix("///")
                    .or_else(|| line.strip_prefix("//!"))
                else {
                    is_first = true;
                    continue;
                };
                measures.doc_lines += 1;
                if is_first {
                    measures.first_lines += 1;
                    let word = doc
                        .split(|it: char| !it.is_alphabetic())
                        .find(|it| !it.is_empty());
                    measures.questions +=
                        usize::from(word.is_some_and(|it| QUESTIONS.contains(&it)));
                }
                is_first = false;
            }
        }
        measures.functions.sort_unstable();
        measures
    }

    /// Adds the reference pages, which are a part of the documentation by `include_str!`.
    fn add_pages(&mut self, pages: &[Source]) {
        let lines = pages.iter().flat_map(|page| page.text.lines());
        let written = lines.filter(|line| !line.is_empty()).count();
        self.lines += written;
        self.doc_lines += written;
    }

    /// Returns the length that `part` of a hundred functions do not exceed.
    fn percentile(&self, part: usize) -> usize {
        let place = (self.functions.len() * part / 100).min(self.functions.len() - 1);
        self.functions[place]
    }

    /// Returns the doc lines of a hundred lines, in tenths.
    fn doc_share(&self) -> usize {
        self.doc_lines * 1000 / self.lines
    }

    /// Returns the first doc lines of a hundred that open with a question word, in tenths.
    fn question_share(&self) -> usize {
        self.questions * 1000 / self.first_lines
    }
}

fn measured() -> BTreeMap<&'static str, Measures> {
    let measure = |name| {
        let folder = root().join(name).join("src");
        let mut measures = Measures::take(&sources(&folder));
        measures.add_pages(&files(&folder, "md"));
        (name, measures)
    };
    CRATES.into_iter().map(measure).collect()
}

fn tenths(share: usize) -> String {
    format!("{}.{} %", share / 10, share % 10)
}

#[test]
#[expect(clippy::print_stdout, reason = "shown by `--nocapture`")]
fn the_measures_are_within_their_limits() {
    let measured = measured();
    println!("crate | files | lines | fn median / p90 / max | doc lines | question words");
    for (name, it) in &measured {
        println!(
            "{name} | {} | {} | {} / {} / {} | {} | {}",
            it.files,
            it.lines,
            it.percentile(50),
            it.percentile(90),
            it.percentile(100),
            tenths(it.doc_share()),
            tenths(it.question_share()),
        );
        assert!(
            it.question_share() <= QUESTIONED,
            "{name}: more than 2 % of the first doc lines ask"
        );
    }
    let runtime = measured["mcp-runtime"].doc_share();
    assert!(
        runtime >= DOCUMENTED,
        "the runtime has {} of doc lines",
        tenths(runtime)
    );
}

#[test]
fn no_function_is_longer_than_sixty_lines() {
    let mut long = Vec::new();
    for name in CRATES.into_iter().chain(["examples"]) {
        for source in sources(&root().join(name)) {
            if source
                .path
                .components()
                .any(|it| it.as_os_str() == "snapshots")
            {
                continue;
            }
            for function in functions(&source.text) {
                if function.lines > FUNCTION {
                    long.push(format!(
                        "{}: {} has {} lines",
                        source.path.display(),
                        function.name,
                        function.lines
                    ));
                }
            }
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn no_folder_has_more_than_twelve_entries() {
    let mut folders: Vec<_> = LIMITED_FOLDERS.map(|room| root().join(room)).into();
    while let Some(folder) = folders.pop() {
        let entries: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .map(|it| it.unwrap().path())
            .collect();
        let count = entries.iter().filter(|it| !it.ends_with("tests")).count();
        assert!(count <= FOLDER, "{} has {count} entries", folder.display());
        folders.extend(entries.into_iter().filter(|it| it.is_dir()));
    }
}

/// The names that `pub` declares in a crate, without re-exports and hidden items of generated code.
#[test]
fn no_two_public_types_have_one_name() {
    for name in CRATES {
        let mut seen = BTreeSet::new();
        let sources = sources(&root().join(name).join("src"));
        let is_hidden = |it: &&Source| it.path.to_string_lossy().contains("__private");
        for source in sources.iter().filter(|it| !is_hidden(it)) {
            for line in source.text.lines() {
                let words: Vec<_> = line
                    .split(|it: char| !(it.is_alphanumeric() || it == '_'))
                    .collect();
                let ["pub", "struct" | "enum" | "trait" | "type", declared, ..] = words[..] else {
                    continue;
                };
                assert!(
                    seen.insert(declared.to_owned()),
                    "{name}: `{declared}` is declared again in {}",
                    source.path.display()
                );
            }
        }
    }
}

#[test]
fn the_lines_of_a_function_are_counted_as_rustfmt_writes_them() {
    let text = "fn one() {}\n\nimpl X {\n    pub(crate) async fn three<T>(\n        &self,\n    ) -> T {\n        4\n    }\n}\n";
    let found: Vec<_> = functions(text)
        .into_iter()
        .map(|it| (it.name, it.lines))
        .collect();
    assert_eq!(found, [("one".to_owned(), 1), ("three".to_owned(), 5)]);
}

#[test]
fn the_first_server_is_made_of_few_crates() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--frozen", "--package", "example-hello"])
        .args(["--edges", "normal", "--prefix", "none"])
        .current_dir(root())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().map(|line| line.trim_end_matches(" (*)"));
    let crates: BTreeSet<_> = lines.filter(|line| !line.is_empty()).collect();
    assert!(
        crates.len() <= CRATES_OF_HELLO,
        "{} crates, at most {CRATES_OF_HELLO}; put what most servers do not use behind a feature:\n{crates:#?}",
        crates.len()
    );
    let mut names = BTreeSet::new();
    let of = |line: &&str| line.split(' ').next().unwrap_or_default().to_owned();
    let twice: BTreeSet<_> = crates
        .iter()
        .map(of)
        .filter(|name| !names.insert(name.clone()))
        .collect();
    assert_eq!(twice, TWICE.map(str::to_owned).into());
}
