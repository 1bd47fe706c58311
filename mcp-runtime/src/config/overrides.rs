//! `[tools.x]`, `[resources.x]` and `[prompts.x]`: limits of declared functions, in place of those in their
//! attributes.
//!
//! Invariant: configuration narrows access and never widens it; the rules between keys, and their texts, are those of
//! the attributes.
//!
//! A table is read against the declaration of its function, so that each mistake is reported with the text that the
//! compiler has for the attribute, with line and column. Scopes may be added but not removed, and audit may be
//! turned on but not off: the file cannot widen what the author has allowed. The result is a complete [`Spec`], from
//! which `policy` makes new policies at a reload, keeping the state of unchanged ones.

mod policy;
mod table;
mod value;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::mistake::Mistake;
use super::tree::{Member, Position, Value};
use crate::handler::argument::problem::nearest;
use crate::handler::spec::Spec;
use crate::handler::spec::kind::Kind;
use crate::registry::Entry;
use table::{Override, TableReader};

/// The functions of a server, each with its name on the wire and its declaration.
#[derive(Clone, Debug, Default)]
pub(crate) struct Declared {
    pub functions: Vec<(String, Spec)>,
    /// True if the program may add functions at run time, so that a table may name one that does not exist yet.
    pub is_open: bool,
}

/// The functions that the configuration changes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overrides {
    /// The name of the file.
    pub file: Arc<str>,
    functions: HashMap<(Kind, String), Override>,
    /// The tables of functions that do not exist yet.
    awaited: HashMap<(Kind, String), Member>,
}

impl Overrides {
    /// Lists the tables of functions that differ in `new`.
    pub(super) fn changes(&self, new: &Self) -> Vec<String> {
        let all: BTreeMap<String, _> = (self.functions.keys())
            .chain(self.awaited.keys())
            .chain(new.functions.keys())
            .chain(new.awaited.keys())
            .map(|key| (table(key.0, &key.1), key))
            .collect();
        let text =
            |it: &Self, key: &(Kind, String)| it.awaited.get(key).map(|it| it.node.value.clone());
        let differs = |key: &(Kind, String)| match (self.functions.get(key), new.functions.get(key))
        {
            (Some(old), Some(new)) => !same(old, new),
            (None, None) => text(self, key) != text(new, key),
            _ => true,
        };
        let changed = all.into_iter().filter(|(_, key)| differs(key));
        changed.map(|(table, _)| table).collect()
    }

    /// Applies the policies for a registered function.
    ///
    /// A table written before the function existed is checked now: a mistake in it disables the function.
    pub(crate) fn put_in_force(&self, entry: &Entry) {
        let (kind, name) = (entry.spec.kind, &entry.name);
        let Some(member) = self.awaited.get(&(kind, name.clone())) else {
            let (spec, enabled) = self.apply(name, &entry.spec);
            return entry.reconfigure(spec, enabled);
        };
        let mut mistakes = Vec::new();
        let mut reader = Reader {
            file: &self.file,
            declared: &Declared::default(),
            mistakes: &mut mistakes,
        };
        let read = reader.one(kind, (name, &entry.spec), member);
        let mistakes: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        if !mistakes.is_empty() {
            let mistakes = mistakes.join("\n");
            tracing::error!(
                name,
                "the function is disabled, because its table is refused: {mistakes}"
            );
        }
        match read.filter(|_| mistakes.is_empty()) {
            Some(read) => entry.reconfigure(&read.spec, read.enabled),
            None => entry.reconfigure(&entry.spec, false),
        }
    }

    /// Lists the tables of functions that do not exist yet.
    pub(crate) fn awaited(&self) -> Vec<String> {
        let names = self.awaited.keys();
        let mut tables: Vec<_> = names.map(|(kind, name)| table(*kind, name)).collect();
        tables.sort();
        tables
    }

    /// The declaration in force for the function called `name`, declared as `spec`, and whether the function is
    /// enabled.
    fn apply<'s>(&'s self, name: &str, spec: &'s Spec) -> (&'s Spec, bool) {
        let changed = self.functions.get(&(spec.kind, name.to_owned()));
        changed.map_or((spec, true), |it| (&it.spec, it.enabled))
    }
}

/// Returns true if both have the same effect on a function.
fn same(one: &Override, other: &Override) -> bool {
    let (a, b) = (&one.spec, &other.spec);
    let values = |it: &Spec| {
        (
            it.rate_limit.map(|(it, _)| it),
            it.timeout.map(|(it, _)| it),
            it.concurrency.map(|(it, _)| it),
            it.cache.map(|(it, _)| it),
            it.retry.map(|(it, _)| it),
            it.breaker.map(|(it, _)| it),
            it.max_output.map(|(it, _)| it),
            it.scopes.clone(),
            it.audit,
        )
    };
    one.enabled == other.enabled && values(a) == values(b)
}

/// The name of the table of a function.
fn table(kind: Kind, name: &str) -> String {
    format!("{}s.{name}", kind.noun())
}

/// The tables of functions, by kind.
pub(super) const TABLES: [(&str, Kind); 3] = [
    ("tools", Kind::Tool),
    ("resources", Kind::Resource),
    ("prompts", Kind::Prompt),
];

/// Returns the kind of the functions in the table called `name`.
pub(super) fn kind_of(name: &str) -> Option<Kind> {
    let found = TABLES.iter().find(|(table, _)| *table == name);
    found.map(|(_, kind)| *kind)
}

/// Reads the tables of one file.
pub(super) struct Reader<'a> {
    /// The name of the file, for positions in it.
    pub file: &'a str,
    /// The functions that tables may name.
    pub declared: &'a Declared,
    /// The mistakes of the whole file.
    pub mistakes: &'a mut Vec<Mistake>,
}

impl Reader<'_> {
    /// Reads `[tools]` and the like: one table for each function.
    pub(super) fn read(&mut self, kind: Kind, members: &[Member], overrides: &mut Overrides) {
        for member in members {
            let declared = self.declared;
            let names = (declared.functions.iter()).filter(|(_, spec)| spec.kind == kind);
            let found = names.clone().find(|(name, _)| *name == member.name);
            match found {
                Some((name, spec)) => {
                    let read = self.one(kind, (name, spec), member);
                    let read = read.map(|read| ((kind, name.clone()), read));
                    overrides.functions.extend(read);
                }
                None if declared.is_open => {
                    let key = (kind, member.name.clone());
                    overrides.awaited.insert(key, member.clone());
                }
                None => {
                    let known: Vec<_> = names.map(|(name, _)| name.as_str()).collect();
                    self.unknown(kind, member, &known);
                }
            }
        }
    }

    /// Reads the table of one function.
    fn one(
        &mut self,
        kind: Kind,
        (name, spec): (&str, &Spec),
        member: &Member,
    ) -> Option<Override> {
        let table = table(kind, name);
        let Value::Table(keys) = &member.node.value else {
            self.report(
                Mistake::new(format!("[{table}] is a table")),
                member.position,
            );
            return None;
        };
        let mut one = TableReader {
            table,
            spec,
            result: Override {
                enabled: true,
                spec: spec.clone(),
            },
            file: self.file,
            mistakes: self.mistakes,
        };
        one.read(keys);
        Some(one.result)
    }

    /// Reports a table for an unknown function, with the nearest name.
    fn unknown(&mut self, kind: Kind, member: &Member, known: &[&str]) {
        let (noun, name) = (kind.noun(), &member.name);
        let mistake = Mistake::new(format!("there is no {noun} `{name}`"));
        let mounted = known.iter().any(|it| it.starts_with(&format!("{name}.")));
        let mistake = match nearest(name, known) {
            Some(near) => mistake.meant(Some(near)),
            None if mounted => mistake.help(format!(
                "write the whole name in quotes: [{noun}s.\"{name}...\"]"
            )),
            None if known.is_empty() => mistake.help(format!("this server has no {noun}s")),
            None => mistake.help(format!("the {noun}s are {}", known.join(", "))),
        };
        self.report(mistake, member.position);
    }

    /// Adds a mistake at its position.
    fn report(&mut self, mistake: Mistake, position: Position) {
        self.mistakes.push(mistake.at(self.file, position));
    }
}

#[cfg(test)]
mod tests;
