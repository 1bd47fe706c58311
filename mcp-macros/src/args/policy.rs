//! The keys about the running of a call, which all kinds of declared functions and the defaults of a block share.

use syn::{ExprPath, LitStr};

use super::breaker::{self, Breaker};
use super::cache::{self, Cache};
use super::concurrency::{self, Concurrency};
use super::duration::Millis;
use super::form::Form;
use super::keys::Key;
use super::rate_limit::{self, RateLimit};
use super::retry::{self, Retry};
use super::setting::{Set, Setting};
use super::size::Bytes;
use crate::diag::Errors;

pub(super) const KEYS: &[Key] = &[
    Key {
        name: "rate_limit",
        form: Form::RateOrKeys,
        example: "\"10/min\"",
    },
    Key {
        name: "timeout",
        form: Form::Duration,
        example: "\"5s\"",
    },
    Key {
        name: "concurrency",
        form: Form::CountOrKeys,
        example: "4",
    },
    Key {
        name: "cache",
        form: Form::DurationOrKeys,
        example: "\"30s\"",
    },
    Key {
        name: "retry",
        form: Form::CountOrKeys,
        example: "3",
    },
    Key {
        name: "breaker",
        form: Form::Keys,
        example: "failures = 5, cooldown = \"30s\"",
    },
    Key {
        name: "max_output",
        form: Form::Size,
        example: "\"64KiB\"",
    },
    Key {
        name: "scopes",
        form: Form::Texts,
        example: "\"orders:read\"",
    },
    Key {
        name: "visible_if",
        form: Form::Path,
        example: "path::to::function",
    },
    Key {
        name: "audit",
        form: Form::Flag,
        example: "",
    },
];

/// What those keys say.
#[derive(Debug, Default)]
pub(crate) struct Policies {
    pub(crate) rate_limit: Option<Set<RateLimit>>,
    pub(crate) timeout: Option<Set<Millis>>,
    pub(crate) concurrency: Option<Set<Concurrency>>,
    pub(crate) cache: Option<Set<Cache>>,
    pub(crate) retry: Option<Set<Retry>>,
    pub(crate) breaker: Option<Set<Breaker>>,
    pub(crate) max_output: Option<Set<Bytes>>,
    pub(crate) scopes: Option<Set<Vec<LitStr>>>,
    pub(crate) visible_if: Option<Set<ExprPath>>,
    pub(crate) audit: Option<Set<bool>>,
}

impl Policies {
    pub(super) fn read(&mut self, setting: Setting, errors: &mut Errors) {
        match setting.key.name {
            "rate_limit" => self.rate_limit = rate_limit::read(setting, errors),
            "timeout" => self.timeout = setting.read(errors),
            "concurrency" => self.concurrency = concurrency::read(setting, errors),
            "cache" => self.cache = cache::read(setting, errors),
            "retry" => self.retry = retry::read(setting, errors),
            "breaker" => self.breaker = breaker::read(setting, errors),
            "max_output" => self.max_output = setting.read(errors),
            "scopes" => self.scopes = setting.texts(errors),
            "visible_if" => self.visible_if = setting.path(),
            "audit" => self.audit = setting.read(errors),
            other => unreachable!("every key of a table is read, `{other}` too"),
        }
    }
}
