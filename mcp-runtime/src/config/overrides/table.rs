//! The table of one function, read into its declaration.

use std::collections::HashMap;

use super::super::mistake::Mistake;
use super::super::tree::{Member, Position};
use super::value::KeyValue;
use crate::handler::argument::problem::nearest;
use crate::handler::spec::Spec;
use crate::handler::spec::policy::Source;
use crate::handler::spec::rules::conflicts;
use crate::handler::spec::text::rules;

/// The keys of such a table: those of `defaults(..)`, `cache`, and `enabled`.
const KEYS: [&str; 10] = [
    "enabled",
    "rate_limit",
    "timeout",
    "concurrency",
    "cache",
    "retry",
    "breaker",
    "max_output",
    "scopes",
    "audit",
];

/// The configuration of one function.
#[derive(Clone, Debug)]
pub(crate) struct Override {
    /// False hides the function from all callers.
    pub enabled: bool,
    /// Its declaration with the keys of the configuration.
    pub spec: Spec,
}

/// Reads the table of one function.
pub(super) struct TableReader<'a> {
    /// The name of the table, such as `tools.search`.
    pub table: String,
    /// The declaration in the program.
    pub spec: &'a Spec,
    pub result: Override,
    /// The name of the file.
    pub file: &'a str,
    /// The mistakes of the whole file.
    pub mistakes: &'a mut Vec<Mistake>,
}

impl TableReader<'_> {
    /// Reads all keys, then checks them against each other and against the declaration.
    pub(super) fn read(&mut self, keys: &[Member]) {
        let mut positions = HashMap::new();
        for key in keys {
            positions.insert(key.name.as_str(), key.position);
            if let Err((mistake, position)) = self.key(key) {
                self.report(mistake, position);
            }
        }
        for (key, conflict) in conflicts(&self.result.spec) {
            // Conflicts among the program's own keys were reported by the compiler.
            if let Some(position) = positions.get(key) {
                let mistake = Mistake::new(conflict.what).help(conflict.help);
                self.report(mistake, *position);
            }
        }
    }

    fn report(&mut self, mistake: Mistake, position: Position) {
        self.mistakes.push(mistake.at(self.file, position));
    }

    /// Reads one key into the declaration; a mistake comes with its position.
    fn key(&mut self, key: &Member) -> Result<(), (Mistake, Position)> {
        let node = &key.node;
        let source = Source::File(narrow(node.position.line), narrow(node.position.column));
        let here = |mistake| (mistake, node.position);
        let set = &mut self.result.spec;
        let (table, name) = (&self.table, &*key.name);
        let value = KeyValue {
            name: format!("{table}.{name}"),
            node,
        };
        match name {
            "enabled" => self.result.enabled = value.switch().map_err(here)?,
            "timeout" => {
                set.timeout = Some((value.time(rules::TIMEOUT).map_err(here)?, source));
            }
            "rate_limit" => {
                let function = Some((self.spec.kind.noun(), &*self.spec.name));
                set.rate_limit = Some((value.rate_limit(function).map_err(here)?, source));
            }
            "concurrency" => {
                set.concurrency = Some((value.concurrency().map_err(here)?, source));
            }
            "cache" => set.cache = Some((value.cache().map_err(here)?, source)),
            "retry" => set.retry = Some((value.retry().map_err(here)?, source)),
            "breaker" => set.breaker = Some((value.breaker().map_err(here)?, source)),
            "max_output" => set.max_output = Some((value.size().map_err(here)?, source)),
            "scopes" => set.scopes = value.scopes(self.spec).map_err(here)?,
            "audit" => set.audit = value.audit(self.spec).map_err(here)?,
            _ => return Err((unknown(&self.table, name), key.position)),
        }
        Ok(())
    }
}

/// The mistake of a key that no function has.
fn unknown(table: &str, name: &str) -> Mistake {
    let mistake = Mistake::new(format!("unknown key `{name}` in [{table}]"));
    match (name, nearest(name, &KEYS)) {
        (_, Some(near)) => mistake.meant(Some(near)),
        ("visible_if", None) => mistake.help("it names a function: write it in the attribute"),
        (_, None) => mistake.help(format!("the keys here are {}", KEYS.join(", "))),
    }
}

/// Narrows a line or a column to the type that errors hold.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
