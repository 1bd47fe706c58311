//! `mcp.toml`: maps its keys to settings; an unknown key is a mistake.
//!
//! At most 1 MiB, so that a path to a device does not exhaust the memory. Values keep their positions (line and
//! column) for errors and for `config`; kinds check them.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::kind::Kind;
use super::mistake::Mistake;
use super::overrides::{self, Declared, Overrides};
use super::raw::Raw;
use super::setting::{self, Setting};
use super::tree::{self, Member, Position, Value};
use crate::handler::argument::problem::nearest;

/// The file that is read by default, if it exists.
pub(super) const NAME: &str = "mcp.toml";
/// The maximum size of a file of settings.
pub(super) const LARGEST: u64 = 1024 * 1024;

/// A value of a file.
pub(super) struct Assignment {
    /// The setting that it is a value of.
    pub setting: &'static Setting,
    /// The value, as it was written.
    pub raw: Raw,
    /// The position of the value.
    pub position: Position,
}

/// A file as it was read.
pub(super) struct File {
    /// The name of the file, as it was given.
    pub name: Arc<str>,
    /// The values of settings, in the order of the file.
    pub assignments: Vec<Assignment>,
    /// The tables of functions.
    pub overrides: Overrides,
}

/// Returns the file to read: the given one, or `mcp.toml` in the working directory, if it exists.
pub(super) fn find(named: Option<&Path>) -> Option<PathBuf> {
    match named {
        Some(path) => Some(path.to_owned()),
        None => Some(PathBuf::from(NAME)).filter(|path| path.exists()),
    }
}

/// Reads a text file of at most 1 MiB.
pub(super) fn read_text(path: &Path) -> io::Result<String> {
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if metadata.len() > LARGEST {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    fs::read_to_string(path)
}

/// Reads the settings of a file.
pub(super) fn read(path: &Path, declared: &Declared, mistakes: &mut Vec<Mistake>) -> Option<File> {
    let name: Arc<str> = path.display().to_string().into();
    let text = match read_text(path) {
        Ok(text) => text,
        Err(cause) => {
            let help = "name another file with `--config`, or make this one readable";
            mistakes.push(Mistake::new(format!("{name} cannot be read: {cause}")).help(help));
            return None;
        }
    };
    match tree::parse(&text) {
        Ok(members) => {
            let mut reader = Reader {
                file: &name,
                declared,
                assignments: Vec::new(),
                overrides: Overrides::default(),
                mistakes,
            };
            reader.table("", members);
            let (assignments, mut overrides) = (reader.assignments, reader.overrides);
            overrides.file = Arc::clone(&name);
            Some(File {
                name,
                assignments,
                overrides,
            })
        }
        Err(malformed) => {
            mistakes.extend(malformed.iter().map(|error| {
                Mistake::new(format!("invalid TOML: {}", error.reason)).at(&name, error.position)
            }));
            None
        }
    }
}

/// Reads the tables of one file.
struct Reader<'a> {
    file: &'a str,
    declared: &'a Declared,
    assignments: Vec<Assignment>,
    overrides: Overrides,
    mistakes: &'a mut Vec<Mistake>,
}

impl Reader<'_> {
    /// Reads the table called `path`; the root is `""`.
    fn table(&mut self, path: &str, members: Vec<Member>) {
        for member in members {
            let name = join(path, &member.name);
            if let (Some(kind), Value::Table(items)) =
                (overrides::kind_of(&name), &member.node.value)
            {
                let mut reader = overrides::Reader {
                    file: self.file,
                    declared: self.declared,
                    mistakes: self.mistakes,
                };
                reader.read(kind, items, &mut self.overrides);
                continue;
            }
            let exact = setting::all().find(|setting| setting.name == name);
            let is_table = overrides::kind_of(&name).is_some()
                || setting::all().any(|setting| is_below(setting.name, &name));
            match (exact, member.node.value) {
                (Some(setting), value) => {
                    let node = tree::Node {
                        position: member.node.position,
                        value,
                    };
                    self.assign(setting, &node);
                }
                (None, Value::Table(members)) if is_table => self.table(&name, members),
                (None, _) if is_table => self.mistakes.push(
                    Mistake::new(format!("`{name}` is a table"))
                        .at(self.file, member.position)
                        .help(format!("write [{name}], and its keys below it")),
                ),
                (None, value) => self.unknown(path, &member.name, member.position, &value),
            }
        }
    }

    /// Assigns a value to a setting, if it can be one.
    fn assign(&mut self, setting: &'static Setting, node: &tree::Node) {
        if let Kind::Absent(why) = setting.kind {
            let text = format!("{} is set, but {why}", setting.name);
            self.mistakes
                .push(Mistake::new(text).at(self.file, node.position));
            return;
        }
        let Some(raw) = node.raw() else {
            let text = format!("{} cannot be a table, nor a list of such", setting.name);
            let help = "write a text, a number, true or false, or a list of texts";
            self.mistakes
                .push(Mistake::new(text).at(self.file, node.position).help(help));
            return;
        };
        self.assignments.push(Assignment {
            setting,
            raw,
            position: node.position,
        });
    }

    /// Reports an unknown name, with the nearest known one, or the table where it belongs.
    fn unknown(&mut self, path: &str, name: &str, position: Position, value: &Value) {
        let text = match (path, value) {
            ("", Value::Table(_)) => format!("unknown table [{name}]"),
            ("", _) => format!("unknown key `{name}` outside of a table"),
            _ => format!("unknown key `{name}` in [{path}]"),
        };
        let mistake = Mistake::new(text).at(self.file, position);
        let siblings: Vec<_> = siblings(path).into_iter().collect();
        let elsewhere = setting::present().find(|it| it.name.rsplit('.').next() == Some(name));
        self.mistakes
            .push(match (nearest(name, &siblings), elsewhere) {
                (Some(nearest), _) => mistake.meant(Some(nearest)),
                (None, Some(setting)) => {
                    let table = setting.name.rsplit_once('.').map_or("", |(table, _)| table);
                    mistake.help(format!("`{name}` is a key of [{table}]"))
                }
                (None, None) => mistake.help(format!("the names here are {}", siblings.join(", "))),
            });
    }
}

/// The name of a key in the table called `path`.
fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// Returns true if the setting is in the table, or in one inside it.
fn is_below(setting: &str, table: &str) -> bool {
    setting
        .strip_prefix(table)
        .is_some_and(|rest| rest.starts_with('.'))
}

/// The names of the keys and tables in the table called `path`.
fn siblings(path: &str) -> BTreeSet<&'static str> {
    let below = setting::present().filter_map(|setting| {
        if path.is_empty() {
            return Some(setting.name);
        }
        setting.name.strip_prefix(path)?.strip_prefix('.')
    });
    let functions = overrides::TABLES.iter().map(|(name, _)| *name);
    let functions = functions.filter(|_| path.is_empty());
    below
        .filter_map(|rest| rest.split('.').next())
        .chain(functions)
        .collect()
}
