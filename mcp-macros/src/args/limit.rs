//! The keys inside `rate_limit(..)`.

use proc_macro2::TokenStream;
use syn::LitInt;

use super::form::Form;
use super::keys::{self, Key, Table};
use super::rate::Quota;
use super::setting::{Set, Setting, Value};
use crate::diag::{Errors, err};

static KEYS: Table = Table {
    attribute: "rate_limit(..)",
    keys: &[
        Key { name: "quota", form: Form::Text, example: "\"10/min\"" },
        Key { name: "burst", form: Form::Count, example: "5" },
        Key { name: "per", form: Form::Text, example: "\"principal\"" },
    ],
    expected: &[
        ("algorithm", "leave it out: the limit is a token bucket"),
        ("limit", "did you mean `quota`?"),
        ("rate", "did you mean `quota`?"),
    ],
};

/// `"10/min"`, or the longer form.
#[derive(Debug, Clone)]
pub(crate) struct RateLimit {
    pub(crate) quota: Set<Quota>,
    pub(crate) burst: Option<Set<LitInt>>,
    pub(crate) per: Option<Set<String>>,
}

/// The rate limit that a setting describes.
pub(crate) fn read(setting: Setting, errors: &mut Errors) -> Option<RateLimit> {
    let Value::List(group) = &setting.value else {
        return setting.read(errors).map(|quota| RateLimit { quota, burst: None, per: None });
    };
    let (mut quota, mut burst, mut per) = (None, None, None);
    let before = errors.len();
    for inner in keys::read(group.stream(), &KEYS, errors) {
        match inner.key.name {
            "quota" => quota = inner.read(errors),
            "burst" => burst = inner.read(errors),
            _ => per = inner.read(errors),
        }
    }
    if quota.is_none() && errors.len() == before {
        let whole: TokenStream =
            [setting.name.into(), proc_macro2::TokenTree::Group(group.clone())].into_iter().collect();
        errors.push(err!(whole, "`rate_limit` has no `quota`").help("add for example `quota = \"10/min\"`"));
    }
    Some(RateLimit { quota: quota?, burst, per })
}
