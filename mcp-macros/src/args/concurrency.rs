//! `concurrency = 4`, or with the keys inside `concurrency(..)`.

use syn::LitInt;

use super::form::Form;
use super::keys::{Key, Table};
use super::nested::Nested;
use super::setting::{Set, Setting};
use crate::diag::Errors;

static KEYS: Table = Table {
    attribute: "concurrency(..)",
    keys: &[&[
        Key {
            name: "max",
            form: Form::Count,
            example: "4",
        },
        Key {
            name: "queue",
            form: Form::Count,
            example: "16",
        },
    ]],
    expected: &[
        ("limit", "did you mean `max`?"),
        ("waiting", "did you mean `queue`?"),
    ],
};

/// What `concurrency` says.
#[derive(Debug, Clone)]
pub(crate) struct Concurrency {
    pub(crate) max: Set<LitInt>,
    pub(crate) queue: Option<Set<LitInt>>,
}

pub(crate) fn read(setting: Setting, errors: &mut Errors) -> Option<Set<Concurrency>> {
    let mut keys = Nested::read(setting, &KEYS, errors);
    let (max, queue) = (keys.need("max", errors), keys.take("queue", errors));
    Some(keys.set(Concurrency { max: max?, queue }))
}
