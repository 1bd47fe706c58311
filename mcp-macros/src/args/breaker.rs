//! The keys inside `breaker(..)`.

use syn::LitInt;

use super::duration::Millis;
use super::form::Form;
use super::keys::{Key, Table};
use super::nested::Nested;
use super::setting::{Set, Setting};
use crate::diag::Errors;

static KEYS: Table = Table {
    attribute: "breaker(..)",
    keys: &[&[
        Key {
            name: "failures",
            form: Form::Count,
            example: "5",
        },
        Key {
            name: "cooldown",
            form: Form::Duration,
            example: "\"30s\"",
        },
    ]],
    expected: &[
        ("max", "did you mean `failures`?"),
        ("timeout", "did you mean `cooldown`?"),
    ],
};

/// What `breaker` says.
#[derive(Debug, Clone)]
pub(crate) struct Breaker {
    pub(crate) failures: Set<LitInt>,
    pub(crate) cooldown: Set<Millis>,
}

pub(crate) fn read(setting: Setting, errors: &mut Errors) -> Option<Set<Breaker>> {
    let mut keys = Nested::read(setting, &KEYS, errors);
    let (failures, cooldown) = (keys.need("failures", errors), keys.need("cooldown", errors));
    Some(keys.set(Breaker {
        failures: failures?,
        cooldown: cooldown?,
    }))
}
