//! `retry = 3`, or with the keys inside `retry(..)`.

use syn::LitInt;

use super::duration::Millis;
use super::form::Form;
use super::keys::{Key, Table};
use super::nested::Nested;
use super::setting::{Set, Setting};
use crate::diag::Errors;

static KEYS: Table = Table {
    attribute: "retry(..)",
    keys: &[&[
        Key {
            name: "max",
            form: Form::Count,
            example: "3",
        },
        Key {
            name: "backoff",
            form: Form::Duration,
            example: "\"100ms\"",
        },
    ]],
    expected: &[
        ("attempts", "did you mean `max`?"),
        ("times", "did you mean `max`?"),
        ("delay", "did you mean `backoff`?"),
        ("wait", "did you mean `backoff`?"),
    ],
};

/// What `retry` says.
#[derive(Debug, Clone)]
pub(crate) struct Retry {
    pub(crate) max: Set<LitInt>,
    pub(crate) backoff: Option<Set<Millis>>,
}

pub(crate) fn read(setting: Setting, errors: &mut Errors) -> Option<Set<Retry>> {
    let mut keys = Nested::read(setting, &KEYS, errors);
    let (max, backoff) = (keys.need("max", errors), keys.take("backoff", errors));
    Some(keys.set(Retry { max: max?, backoff }))
}
