//! The values of keys in the table of a function.

use std::collections::HashMap;
use std::time::Duration;

use super::super::mistake::Mistake;
use super::super::problem::Problem;
use super::super::tree::{Node, Value};
use super::super::value;
use crate::handler::argument::problem::nearest;
use crate::handler::spec::text::rules::{self, Zero};
use crate::handler::spec::text::size;

/// The value of a key, or the mistake in it.
pub(super) type Read<T> = Result<T, Mistake>;

/// A value with its key, for errors.
pub(super) struct KeyValue<'a> {
    pub name: String,
    pub node: &'a Node,
}

impl<'a> KeyValue<'a> {
    /// The text of a value that is neither a list nor a table.
    pub(super) fn text(&self) -> Read<&'a str> {
        match &self.node.value {
            Value::Text(text) => Ok(text),
            _ => Err(Mistake::new(format!("{} is one value", self.name))),
        }
    }

    /// The mistake of a value that the key cannot have.
    pub(super) fn refuse(&self, problem: &Problem) -> Mistake {
        Mistake::value(&self.name, problem)
    }

    /// Reads `true` or `false`.
    pub(super) fn switch(&self) -> Read<bool> {
        match self.text()? {
            "true" => Ok(true),
            "false" => Ok(false),
            other => Err(self.refuse(&Problem::new(other, "", "write true or false"))),
        }
    }

    /// Reads a duration greater than zero.
    pub(super) fn time(&self, zero: Zero) -> Read<Duration> {
        let time = value::time(self.text()?).map_err(|problem| self.refuse(&problem))?;
        if time.is_zero() {
            return Err(zero_mistake(zero));
        }
        Ok(time)
    }

    /// Reads a size of at least one byte.
    pub(super) fn size(&self) -> Read<u64> {
        let text = self.text()?;
        match size::parse(text) {
            Ok(0) => Err(zero_mistake(rules::MAX_OUTPUT)),
            Ok(bytes) => Ok(bytes),
            Err((what, help)) => {
                let help = help.unwrap_or_else(|| value::SIZE_FORM.to_owned());
                Err(self.refuse(&Problem::new(text, what, help)))
            }
        }
    }

    /// Reads a count of at least one.
    pub(super) fn count(&self, zero: Zero) -> Read<u32> {
        let text = self.text()?;
        match text.parse() {
            Ok(0) => Err(zero_mistake(zero)),
            Ok(count) => Ok(count),
            Err(_) => {
                let help = "write a number from 1 to 4294967295";
                Err(self.refuse(&Problem::new(text, "", help)))
            }
        }
    }

    /// Reads one of the known words, each with its value.
    pub(super) fn word<T: Copy>(&self, known: &[(&str, T)]) -> Read<T> {
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
    pub(super) fn keys(
        &self,
        known: &[&'static str],
    ) -> Read<Option<HashMap<&'a str, KeyValue<'a>>>> {
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
            let value = KeyValue {
                name: format!("{}.{}", self.name, member.name),
                node: &member.node,
            };
            keys.insert(member.name.as_str(), value);
        }
        Ok(Some(keys))
    }

    /// The mistake of a table without a key that it needs.
    pub(super) fn missing(&self, key: &str) -> Mistake {
        Mistake::new(format!("[{}] has no `{key}`", self.name))
    }
}

/// The mistake of a zero.
fn zero_mistake((what, help): Zero) -> Mistake {
    Mistake::new(what).help(help)
}
