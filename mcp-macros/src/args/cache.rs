//! `cache = "30s"`, or with the keys inside `cache(..)`.

use syn::LitInt;

use super::duration::Millis;
use super::form::Form;
use super::keys::{Key, Table};
use super::nested::Nested;
use super::setting::{Set, Setting};
use crate::diag::Errors;

static KEYS: Table = Table {
    attribute: "cache(..)",
    keys: &[&[
        Key {
            name: "ttl",
            form: Form::Duration,
            example: "\"30s\"",
        },
        Key {
            name: "max_entries",
            form: Form::Count,
            example: "1000",
        },
        Key {
            name: "per",
            form: Form::Text,
            example: "\"principal\"",
        },
    ]],
    expected: &[
        ("max", "did you mean `max_entries`?"),
        ("size", "did you mean `max_entries`?"),
        ("shared", "write `per = \"all\"`"),
    ],
};

/// What `cache` says.
#[derive(Debug, Clone)]
pub(crate) struct Cache {
    pub(crate) ttl: Set<Millis>,
    pub(crate) max_entries: Option<Set<LitInt>>,
    pub(crate) per: Option<Set<String>>,
}

pub(crate) fn read(setting: Setting, errors: &mut Errors) -> Option<Set<Cache>> {
    let mut keys = Nested::read(setting, &KEYS, errors);
    let ttl = keys.need("ttl", errors);
    let (max_entries, per) = (keys.take("max_entries", errors), keys.take("per", errors));
    Some(keys.set(Cache {
        ttl: ttl?,
        max_entries,
        per,
    }))
}
