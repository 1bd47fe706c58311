//! `rate_limit = "10/min"`, or with the keys inside `rate_limit(..)`.

use syn::LitInt;

use super::form::Form;
use super::keys::{Key, Table};
use super::nested::Nested;
use super::rate::Quota;
use super::setting::{Set, Setting};
use crate::diag::Errors;

static KEYS: Table = Table {
    attribute: "rate_limit(..)",
    keys: &[&[
        Key {
            name: "quota",
            form: Form::Text,
            example: "\"10/min\"",
        },
        Key {
            name: "burst",
            form: Form::Count,
            example: "5",
        },
        Key {
            name: "per",
            form: Form::Text,
            example: "\"principal\"",
        },
        Key {
            name: "algorithm",
            form: Form::Text,
            example: "\"token_bucket\"",
        },
    ]],
    expected: &[
        ("limit", "did you mean `quota`?"),
        ("rate", "did you mean `quota`?"),
    ],
};

/// What `rate_limit` says.
#[derive(Debug, Clone)]
pub(crate) struct RateLimit {
    pub(crate) quota: Set<Quota>,
    pub(crate) burst: Option<Set<LitInt>>,
    pub(crate) per: Option<Set<String>>,
    pub(crate) algorithm: Option<Set<String>>,
}

pub(crate) fn read(setting: Setting, errors: &mut Errors) -> Option<Set<RateLimit>> {
    let mut keys = Nested::read(setting, &KEYS, errors);
    let quota = keys.need("quota", errors);
    let (burst, per) = (keys.take("burst", errors), keys.take("per", errors));
    let algorithm = keys.take("algorithm", errors);
    Some(keys.set(RateLimit {
        quota: quota?,
        burst,
        per,
        algorithm,
    }))
}
