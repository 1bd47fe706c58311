//! `[tools.x]`, `[resources.x]` and `[prompts.x]`: limits of declared functions, in place of those in their
//! attributes.
//!
//! Invariant: configuration narrows access and never widens it; the rules between keys, and their texts, are those of
//! the attributes.
//!
//! A table is read against the declaration of its function, so that each mistake is reported with the text that the
//! compiler has for the attribute, with line and column. Scopes may be added but not removed, and audit may be
//! switched on but not off: the file cannot widen what the author has allowed. The result is a complete [`Spec`], from
//! which `policy` makes new policies at a reload, keeping the state of unchanged ones.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use super::mistake::Mistake;
use super::problem::Problem;
use super::raw::Raw;
use super::tree::{Member, Node, Position, Value};
use super::value;
use crate::clock::millis;
use crate::handler::argument::problem::nearest;
use crate::handler::spec::kind::Kind;
use crate::handler::spec::policy::{
    Algorithm, Breaker, Cache, Concurrency, Per, RateLimit, Retry, Source,
};
use crate::handler::spec::rules::conflicts;
use crate::handler::spec::text::rules::{self, Conflict, Zero};
use crate::handler::spec::text::{rate, size};
use crate::handler::spec::{Spec, Text};
use crate::registry::Entry;

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

/// The configuration of one function.
#[derive(Clone, Debug)]
pub(crate) struct Override {
    /// False hides the function from all callers.
    pub enabled: bool,
    /// Its declaration with the keys of the configuration.
    pub spec: Spec,
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
            reader: self,
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

/// Reads the table of one function.
struct TableReader<'r, 'a, 's> {
    /// The name of the table, such as `tools.search`.
    table: String,
    /// The declaration in the program.
    spec: &'s Spec,
    result: Override,
    reader: &'r mut Reader<'a>,
}

type Read<T> = Result<T, Mistake>;

impl TableReader<'_, '_, '_> {
    /// Reads all keys, then checks them against each other and against the declaration.
    fn read(&mut self, keys: &[Member]) {
        let mut positions = HashMap::new();
        for key in keys {
            positions.insert(key.name.as_str(), key.position);
            if let Err((mistake, position)) = self.key(key) {
                self.reader.report(mistake, position);
            }
        }
        for (key, conflict) in conflicts(&self.result.spec) {
            // Conflicts among the program's own keys were reported by the compiler.
            if let Some(position) = positions.get(key) {
                let mistake = Mistake::new(conflict.what).help(conflict.help);
                self.reader.report(mistake, *position);
            }
        }
    }

    /// Reads one key into the declaration; a mistake comes with its position.
    fn key(&mut self, key: &Member) -> Result<(), (Mistake, Position)> {
        let node = &key.node;
        let source = Source::File(narrow(node.position.line), narrow(node.position.column));
        let here = |mistake| (mistake, node.position);
        let set = &mut self.result.spec;
        let (table, name) = (&self.table, &*key.name);
        let value = Given {
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

/// A value with its key, for errors.
struct Given<'a> {
    name: String,
    node: &'a Node,
}

impl<'a> Given<'a> {
    /// The text of a value that is neither a list nor a table.
    fn text(&self) -> Read<&'a str> {
        match &self.node.value {
            Value::Text(text) => Ok(text),
            _ => Err(Mistake::new(format!("{} is one value", self.name))),
        }
    }

    /// The mistake of a value that the key cannot have.
    fn refuse(&self, problem: &Problem) -> Mistake {
        Mistake::value(&self.name, problem)
    }

    /// Reads `true` or `false`.
    fn switch(&self) -> Read<bool> {
        match self.text()? {
            "true" => Ok(true),
            "false" => Ok(false),
            other => Err(self.refuse(&Problem::new(other, "", "write true or false"))),
        }
    }

    /// Reads a duration greater than zero.
    fn time(&self, zero: Zero) -> Read<Duration> {
        let time = value::time(self.text()?).map_err(|problem| self.refuse(&problem))?;
        if time.is_zero() {
            return Err(nothing(zero));
        }
        Ok(time)
    }

    /// Reads a size of at least one byte.
    fn size(&self) -> Read<u64> {
        let text = self.text()?;
        match size::parse(text) {
            Ok(0) => Err(nothing(rules::MAX_OUTPUT)),
            Ok(bytes) => Ok(bytes),
            Err((what, help)) => {
                let help = help.unwrap_or_else(|| value::SIZE_FORM.to_owned());
                Err(self.refuse(&Problem::new(text, what, help)))
            }
        }
    }

    /// Reads a count of at least one.
    fn count(&self, zero: Zero) -> Read<u32> {
        let text = self.text()?;
        match text.parse() {
            Ok(0) => Err(nothing(zero)),
            Ok(count) => Ok(count),
            Err(_) => {
                let help = "write a number from 1 to 4294967295";
                Err(self.refuse(&Problem::new(text, "", help)))
            }
        }
    }

    /// Reads one of the known words, each with its value.
    fn word<T: Copy>(&self, known: &[(&str, T)]) -> Read<T> {
        let text = self.text()?;
        if let Some((_, meaning)) = known.iter().find(|(name, _)| *name == text) {
            return Ok(*meaning);
        }
        let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
        let help = match nearest(text, &names) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("write one of \"{}\"", names.join("\", \"")),
        };
        Err(self.refuse(&Problem::new(text, "", help)))
    }

    /// The keys of a table, all of them `known`; `None` if the value is not a table.
    fn keys(&self, known: &[&'static str]) -> Read<Option<HashMap<&'a str, Given<'a>>>> {
        let Value::Table(members) = &self.node.value else {
            return Ok(None);
        };
        let mut keys = HashMap::new();
        for member in members {
            if !known.contains(&member.name.as_str()) {
                let text = format!("unknown key `{}` in [{}]", member.name, self.name);
                let help = format!("the keys here are {}", known.join(", "));
                let near = nearest(&member.name, known);
                let mistake = Mistake::new(text).help(help);
                return Err(if near.is_some() {
                    mistake.meant(near)
                } else {
                    mistake
                });
            }
            let given = Given {
                name: format!("{}.{}", self.name, member.name),
                node: &member.node,
            };
            keys.insert(member.name.as_str(), given);
        }
        Ok(Some(keys))
    }

    /// The mistake of a table without a key that it needs.
    fn missing(&self, key: &str) -> Mistake {
        Mistake::new(format!("[{}] has no `{key}`", self.name))
    }

    /// Reads a quota, or a table of `quota`, `burst`, `per` and `algorithm`.
    fn rate_limit(&self, function: Option<(&str, &str)>) -> Read<RateLimit> {
        const PER: [(&str, Per); 3] = [
            ("principal", Per::Principal),
            ("ip", Per::Ip),
            ("all", Per::All),
        ];
        const ALGORITHM: [(&str, Algorithm); 3] = [
            ("token_bucket", Algorithm::TokenBucket),
            ("sliding_window", Algorithm::SlidingWindow),
            ("fixed_window", Algorithm::FixedWindow),
        ];
        let Some(keys) = self.keys(&["quota", "burst", "per", "algorithm"])? else {
            return self.quota(function);
        };
        let quota = keys.get("quota").ok_or_else(|| self.missing("quota"))?;
        let mut limit = quota.quota(function)?;
        if let Some(per) = keys.get("per") {
            limit = limit.per(per.word(&PER)?);
        }
        if let Some(algorithm) = keys.get("algorithm") {
            limit = limit.algorithm(algorithm.word(&ALGORITHM)?);
        }
        if let Some(burst) = keys.get("burst") {
            if limit.algorithm != Algorithm::TokenBucket {
                let algorithm = keys.get("algorithm").map_or(Ok(""), Given::text)?;
                return Err(mistake_of(rules::burst(algorithm)));
            }
            limit = limit.burst(burst.count(rules::BURST)?);
        }
        Ok(limit)
    }

    /// Reads a quota such as `100/min`; the noun and the name are for the error about zero.
    fn quota(&self, function: Option<(&str, &str)>) -> Read<RateLimit> {
        let text = self.text()?;
        let quota = rate::parse(text).map_err(|(what, help)| {
            let help = help.unwrap_or_else(rate::form);
            self.refuse(&Problem::new(text, what, help))
        })?;
        if quota.count == 0 {
            return Err(mistake_of(rules::no_calls(function)));
        }
        Ok(RateLimit::new(quota.count, quota.period))
    }

    /// Reads a maximum, or a table of `max` and `queue`.
    fn concurrency(&self) -> Read<Concurrency> {
        let Some(keys) = self.keys(&["max", "queue"])? else {
            return Ok(Concurrency::new(self.count(rules::CONCURRENCY)?));
        };
        let max = keys.get("max").ok_or_else(|| self.missing("max"))?;
        let limit = Concurrency::new(max.count(rules::CONCURRENCY)?);
        match keys.get("queue") {
            Some(queue) => Ok(limit.queue(queue.count(rules::QUEUE)?)),
            None => Ok(limit),
        }
    }

    /// Reads a lifetime, or a table of `ttl`, `max_entries` and `per`.
    fn cache(&self) -> Read<Cache> {
        const PER: [(&str, bool); 2] = [("principal", false), ("all", true)];
        let Some(keys) = self.keys(&["ttl", "max_entries", "per"])? else {
            return Ok(Cache::new(millis(self.time(rules::TTL)?)));
        };
        let ttl = keys.get("ttl").ok_or_else(|| self.missing("ttl"))?;
        let mut cache = Cache::new(millis(ttl.time(rules::TTL)?));
        if let Some(entries) = keys.get("max_entries") {
            cache.max_entries = entries.count(rules::ENTRIES)?;
        }
        if let Some(per) = keys.get("per") {
            cache.shared = per.word(&PER)?;
        }
        Ok(cache)
    }

    /// Reads a maximum, or a table of `max` and `backoff`.
    fn retry(&self) -> Read<Retry> {
        let Some(keys) = self.keys(&["max", "backoff"])? else {
            return Ok(Retry::new(self.count(rules::RETRY)?));
        };
        let max = keys.get("max").ok_or_else(|| self.missing("max"))?;
        let retry = Retry::new(max.count(rules::RETRY)?);
        match keys.get("backoff") {
            Some(backoff) => Ok(retry.backoff(millis(backoff.time(rules::BACKOFF)?))),
            None => Ok(retry),
        }
    }

    /// Reads a table of `failures` and `cooldown`.
    fn breaker(&self) -> Read<Breaker> {
        let keys = self.keys(&["failures", "cooldown"])?;
        let keys = keys.ok_or_else(|| {
            Mistake::new(format!("{} is a table", self.name))
                .help("write { failures = 5, cooldown = \"30s\" }")
        })?;
        let failures = keys.get("failures");
        let failures = failures.ok_or_else(|| self.missing("failures"))?;
        let cooldown = keys.get("cooldown");
        let cooldown = cooldown.ok_or_else(|| self.missing("cooldown"))?;
        let failures = failures.count(rules::FAILURES)?;
        let cooldown = millis(cooldown.time(rules::COOLDOWN)?);
        Ok(Breaker::new(failures, cooldown))
    }

    /// Reads scopes, which must include those of the attribute.
    fn scopes(&self, spec: &Spec) -> Read<Arc<[Text]>> {
        let Some(Raw::List(scopes)) = self.node.raw() else {
            let help = "write a list such as [\"orders:read\"]";
            return Err(Mistake::new(format!("{} is a list", self.name)).help(help));
        };
        if let Some(conflict) = scopes.iter().find_map(|scope| rules::scope(scope)) {
            return Err(mistake_of(conflict));
        }
        let lacks = spec
            .scopes
            .iter()
            .find(|own| !scopes.iter().any(|it| *it == ***own));
        if let Some(scope) = lacks {
            let text = format!(
                "{} lacks \"{scope}\", which the attribute requires",
                self.name
            );
            let help =
                format!("add \"{scope}\": configuration narrows access, and never widens it");
            return Err(Mistake::new(text).help(help));
        }
        Ok(scopes
            .into_iter()
            .map(|scope| scope.clone().into())
            .collect())
    }

    /// Reads `audit`, which cannot be turned off.
    fn audit(&self, spec: &Spec) -> Read<bool> {
        let audit = self.switch()?;
        if spec.audit && !audit {
            let text = format!("{} is false, and the attribute has `audit`", self.name);
            return Err(Mistake::new(text).help("remove it, here or in the attribute"));
        }
        Ok(audit)
    }
}

/// The mistake of a zero.
fn nothing((what, help): Zero) -> Mistake {
    Mistake::new(what).help(help)
}

/// The mistake of conflicting keys.
fn mistake_of(conflict: Conflict) -> Mistake {
    Mistake::new(conflict.what).help(conflict.help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tree;

    fn declared() -> Declared {
        let specs = [
            Spec::tool("search", "Reads.").read_only(),
            Spec::tool("buy", "Writes.")
                .scopes(&["orders:write"])
                .audit(),
            Spec::tool("add", "Is not async.").read_only().sync(),
            Spec::tool("book", "Elicits.").read_only().elicits("seats"),
            Spec::tool("slow", "Has a limit.")
                .read_only()
                .timeout(1_000, Source::Attribute),
            Spec::resource("item", "One item.", "shop://{id}"),
        ];
        let named = specs
            .into_iter()
            .map(|spec| (spec.name.clone().into_owned(), spec));
        Declared {
            functions: named.collect(),
            is_open: false,
        }
    }

    /// Reads `[tools]` or `[resources]` of `text`; returns the mistakes as well.
    fn read(text: &str) -> (Overrides, Vec<String>) {
        read_of(&declared(), text)
    }

    /// Reads the tables of `text` for these declarations.
    fn read_of(declared: &Declared, text: &str) -> (Overrides, Vec<String>) {
        let (mut overrides, mut mistakes) = (Overrides::default(), Vec::new());
        for table in tree::parse(text).unwrap() {
            let Value::Table(members) = &table.node.value else {
                panic!("{table:?}");
            };
            let mut reader = Reader {
                file: "mcp.toml",
                declared,
                mistakes: &mut mistakes,
            };
            reader.read(kind_of(&table.name).unwrap(), members, &mut overrides);
        }
        let mistakes = mistakes.iter().map(ToString::to_string).collect();
        (overrides, mistakes)
    }

    #[track_caller]
    fn mistake(text: &str) -> String {
        let (_, mistakes) = read(text);
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
        mistakes[0].clone()
    }

    #[test]
    fn every_key_is_read() {
        let (overrides, mistakes) = read(
            "[tools.search]
rate_limit = { quota = \"100/min\", burst = 5, per = \"ip\" }
timeout = \"5s\"
concurrency = { max = 4, queue = 16 }
cache = { ttl = \"30s\", max_entries = 7, per = \"all\" }
retry = { max = 2, backoff = \"10ms\" }
breaker = { failures = 5, cooldown = \"30s\" }
max_output = \"64KiB\"
scopes = [\"orders:read\"]
audit = true
enabled = false
[resources.item]
cache = \"1m\"
",
        );
        assert_eq!(mistakes, Vec::<String>::new());
        let declared = declared();
        let (spec, enabled) = overrides.apply("search", &declared.functions[0].1);
        assert!(!enabled && spec.audit && *spec.scopes == ["orders:read"]);
        let limit = RateLimit::new(100, 60_000).burst(5).per(Per::Ip);
        assert_eq!(spec.rate_limit, Some((limit, Source::File(2, 14))));
        let cache = Cache::new(30_000).max_entries(7).shared();
        assert_eq!(spec.cache.map(|(it, _)| it), Some(cache));
        let concurrency = Concurrency::new(4).queue(16);
        assert_eq!(spec.concurrency.map(|(it, _)| it), Some(concurrency));
        assert_eq!(
            spec.retry.map(|(it, _)| it),
            Some(Retry::new(2).backoff(10))
        );
        let breaker = Breaker::new(5, 30_000);
        assert_eq!(spec.breaker.map(|(it, _)| it), Some(breaker));
        assert_eq!(spec.max_output.map(|(it, _)| it), Some(65_536));
        let (item, enabled) = overrides.apply("item", &declared.functions[5].1);
        assert!(enabled && item.cache.is_some());
        let (other, enabled) = overrides.apply("buy", &declared.functions[1].1);
        assert!(enabled && other.timeout.is_none(), "it has no table");
    }

    #[test]
    fn conflicts_with_the_declaration_have_the_error_of_the_attribute() {
        for (text, says) in [
            (
                "[tools.buy]\ncache = \"5s\"",
                "`cache` needs `read_only`\n --> mcp.toml:2:1\n  help: add `read_only` if `buy` changes nothing, or remove `cache`",
            ),
            (
                "[tools.book]\ncache = \"5s\"",
                "`cache` contradicts `elicit`: the result depends on what the user answers",
            ),
            (
                "[tools.buy]\nretry = 3",
                "`retry` needs `read_only` or `idempotent`",
            ),
            (
                "[tools.add]\ntimeout = \"5s\"",
                "`timeout` cannot stop a function that is not `async`",
            ),
            (
                "[tools.add]\nconcurrency = 4",
                "`concurrency` cannot limit a function that is not `async`",
            ),
            (
                "[tools.slow]\nretry = 9",
                "the waits of `retry` add up to 51s100ms, and the declared `timeout` is 1s",
            ),
            (
                "[tools.search]\nretry = 3\ntimeout = \"100ms\"",
                "the waits of `retry` add up to 700ms, and `timeout` is 100ms",
            ),
            (
                "[tools.search]\ntimeout = \"0s\"",
                "a timeout of zero would fail every call",
            ),
            (
                "[tools.search]\nrate_limit = \"0/min\"",
                "rate limit of zero: `search` could never be called",
            ),
            (
                "[tools.search]\nrate_limit = { quota = \"1/s\", burst = 2, algorithm = \"fixed_window\" }",
                "`algorithm = \"fixed_window\"` has no `burst`",
            ),
        ] {
            let mistake = mistake(text);
            assert!(mistake.starts_with(says), "{text}: {mistake}");
        }
    }

    #[test]
    fn configuration_narrows_access_and_never_widens_it() {
        let (_, mistakes) = read("[tools.buy]\nscopes = [\"orders:write\", \"orders:all\"]");
        assert_eq!(mistakes, Vec::<String>::new());
        for scopes in ["[]", "[\"orders:read\"]"] {
            let mistake = mistake(&format!("[tools.buy]\nscopes = {scopes}"));
            assert!(mistake.contains("lacks \"orders:write\""), "{mistake}");
        }
        let mistake = mistake("[tools.buy]\naudit = false");
        assert!(mistake.contains("the attribute has `audit`"), "{mistake}");
    }

    #[test]
    fn unknown_names_are_reported_with_the_nearest() {
        for (text, says) in [
            (
                "[tools.serch]\ntimeout = \"5s\"",
                "there is no tool `serch`\n --> mcp.toml:1:8\n  help: did you mean `search`?",
            ),
            ("[tools.xyzzy]\n", "the tools are search, buy"),
            (
                "[tools.search]\nratelimit = \"1/s\"",
                "unknown key `ratelimit` in [tools.search]\n --> mcp.toml:2:1\n  help: did you mean `rate_limit`?",
            ),
            (
                "[tools.search]\nvisible_if = \"x\"",
                "write it in the attribute",
            ),
            (
                "[tools.search.rate_limit]\nquota = \"1/s\"\nbrust = 1",
                "unknown key `brust` in [tools.search.rate_limit]",
            ),
            (
                "[tools.search]\nrate_limit = { burst = 1 }",
                "[tools.search.rate_limit] has no `quota`",
            ),
            ("[tools.search]\ntimeout = 5", "`5` has no unit"),
            ("[tools]\nsearch = 5", "[tools.search] is a table"),
        ] {
            let mistake = mistake(text);
            assert!(mistake.contains(says), "{text}: {mistake}");
        }
    }

    #[test]
    fn a_table_waits_for_a_function_that_is_added_later() {
        let declared = Declared {
            is_open: true,
            ..declared()
        };
        let read = |text: &str| {
            let (overrides, mistakes) = read_of(&declared, text);
            assert!(mistakes.is_empty(), "{mistakes:?}");
            overrides
        };
        let before = read("[tools.later]\ntimeout = \"5s\"");
        assert_eq!(before.awaited(), ["tools.later"]);
        let moved = read("[tools.later]\ntimeout = \"6s\"");
        assert_eq!(before.changes(&moved), ["tools.later"]);
        assert_eq!(before.changes(&before.clone()), Vec::<String>::new());
    }

    #[test]
    fn only_functions_whose_limits_differ_have_changed() {
        let text = |limit: &str| {
            format!("[tools.search]\ntimeout = \"{limit}\"\n[tools.buy]\nenabled = false")
        };
        let (before, _) = read(&text("5s"));
        let (same, _) = read(&format!("\n{}", text("5s")));
        let (after, _) = read(&text("6s"));
        assert_eq!(before.changes(&same), Vec::<String>::new());
        assert_eq!(before.changes(&after), ["tools.search"]);
        assert_eq!(
            before.changes(&Overrides::default()),
            ["tools.buy", "tools.search"]
        );
    }
}
