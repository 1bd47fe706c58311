//! The keys about the execution of a call, which declared functions of every kind and the defaults of a block share.

use std::marker::PhantomData;

use syn::{ExprPath, LitInt, LitStr};

use super::table::form::Form;
use super::table::nested;
use super::table::setting::Set;
use super::table::{Row, Table};
use super::value::duration::Millis;
use super::value::rate::Quota;
use super::value::size::Bytes;

/// The values of those keys.
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

/// The values inside `rate_limit(..)`; the quota is present unless it could not be read.
#[derive(Debug, Default)]
pub(crate) struct RateLimit {
    pub(crate) quota: Option<Set<Quota>>,
    pub(crate) burst: Option<Set<LitInt>>,
    pub(crate) per: Option<Set<String>>,
    pub(crate) algorithm: Option<Set<String>>,
}

/// The values inside `concurrency(..)`.
#[derive(Debug, Default)]
pub(crate) struct Concurrency {
    pub(crate) max: Option<Set<LitInt>>,
    pub(crate) queue: Option<Set<LitInt>>,
}

/// The values inside `cache(..)`; the lifetime is present unless it could not be read.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    pub(crate) ttl: Option<Set<Millis>>,
    pub(crate) max_entries: Option<Set<LitInt>>,
    pub(crate) per: Option<Set<String>>,
}

/// The values inside `retry(..)`.
#[derive(Debug, Default)]
pub(crate) struct Retry {
    pub(crate) max: Option<Set<LitInt>>,
    pub(crate) backoff: Option<Set<Millis>>,
}

/// The values inside `breaker(..)`; both are present unless they could not be read.
#[derive(Debug, Default)]
pub(crate) struct Breaker {
    pub(crate) failures: Option<Set<LitInt>>,
    pub(crate) cooldown: Option<Set<Millis>>,
}

impl AsMut<Self> for Policies {
    fn as_mut(&mut self) -> &mut Self {
        self
    }
}

/// The rows of attributes with policies.
pub(super) struct Rows<T>(PhantomData<T>);

impl<T: AsMut<Policies> + 'static> Rows<T> {
    pub(super) const RATE_LIMIT: Row<T> = Row::new(
        "rate_limit",
        Form::RateOrKeys,
        "\"10/min\"",
        |it, setting, errors| it.as_mut().rate_limit = nested::read(setting, &RATE_LIMIT, errors),
    );
    pub(super) const TIMEOUT: Row<T> = Row::new(
        "timeout",
        Form::Duration,
        "\"5s\"",
        |it, setting, errors| it.as_mut().timeout = setting.read(errors),
    );
    pub(super) const CONCURRENCY: Row<T> = Row::new(
        "concurrency",
        Form::CountOrKeys,
        "4",
        |it, setting, errors| it.as_mut().concurrency = nested::read(setting, &CONCURRENCY, errors),
    );
    pub(super) const CACHE: Row<T> = Row::new(
        "cache",
        Form::DurationOrKeys,
        "\"30s\"",
        |it, setting, errors| it.as_mut().cache = nested::read(setting, &CACHE, errors),
    );
    pub(super) const RETRY: Row<T> =
        Row::new("retry", Form::CountOrKeys, "3", |it, setting, errors| {
            it.as_mut().retry = nested::read(setting, &RETRY, errors);
        });
    pub(super) const BREAKER: Row<T> = Row::new(
        "breaker",
        Form::Keys,
        "failures = 5, cooldown = \"30s\"",
        |it, setting, errors| it.as_mut().breaker = nested::read(setting, &BREAKER, errors),
    );
    pub(super) const MAX_OUTPUT: Row<T> = Row::new(
        "max_output",
        Form::Size,
        "\"64KiB\"",
        |it, setting, errors| it.as_mut().max_output = setting.read(errors),
    );
    pub(super) const SCOPES: Row<T> = Row::new(
        "scopes",
        Form::Texts,
        "\"orders:read\"",
        |it, setting, errors| it.as_mut().scopes = setting.texts(errors),
    );
    pub(super) const VISIBLE_IF: Row<T> = Row::new(
        "visible_if",
        Form::Path,
        "path::to::function",
        |it, setting, errors| it.as_mut().visible_if = setting.read(errors),
    );
    pub(super) const AUDIT: Row<T> = Row::new("audit", Form::Flag, "", |it, setting, errors| {
        it.as_mut().audit = setting.read(errors);
    });

    pub(super) const ALL: &'static [Row<T>] = &[
        Self::RATE_LIMIT,
        Self::TIMEOUT,
        Self::CONCURRENCY,
        Self::CACHE,
        Self::RETRY,
        Self::BREAKER,
        Self::MAX_OUTPUT,
        Self::SCOPES,
        Self::VISIBLE_IF,
        Self::AUDIT,
    ];
}

pub(super) static RATE_LIMIT: Table<RateLimit> = Table {
    attribute: "rate_limit(..)",
    rows: &[&[
        Row::new(
            "quota",
            Form::Text,
            "\"10/min\"",
            |it: &mut RateLimit, setting, errors| {
                it.quota = setting.read(errors);
            },
        )
        .needed(),
        Row::new("burst", Form::Count, "5", |it, setting, errors| {
            it.burst = setting.read(errors);
        }),
        Row::new("per", Form::Text, "\"principal\"", |it, setting, errors| {
            it.per = setting.read(errors);
        }),
        Row::new(
            "algorithm",
            Form::Text,
            "\"token_bucket\"",
            |it, setting, errors| {
                it.algorithm = setting.read(errors);
            },
        ),
    ]],
    expected: &[
        ("limit", "did you mean `quota`?"),
        ("rate", "did you mean `quota`?"),
    ],
};

pub(super) static CONCURRENCY: Table<Concurrency> = Table {
    attribute: "concurrency(..)",
    rows: &[&[
        Row::new(
            "max",
            Form::Count,
            "4",
            |it: &mut Concurrency, setting, errors| {
                it.max = setting.read(errors);
            },
        )
        .needed(),
        Row::new("queue", Form::Count, "16", |it, setting, errors| {
            it.queue = setting.read(errors);
        }),
    ]],
    expected: &[
        ("limit", "did you mean `max`?"),
        ("waiting", "did you mean `queue`?"),
    ],
};

pub(super) static CACHE: Table<Cache> = Table {
    attribute: "cache(..)",
    rows: &[&[
        Row::new(
            "ttl",
            Form::Duration,
            "\"30s\"",
            |it: &mut Cache, setting, errors| {
                it.ttl = setting.read(errors);
            },
        )
        .needed(),
        Row::new("max_entries", Form::Count, "1000", |it, setting, errors| {
            it.max_entries = setting.read(errors);
        }),
        Row::new("per", Form::Text, "\"principal\"", |it, setting, errors| {
            it.per = setting.read(errors);
        }),
    ]],
    expected: &[
        ("max", "did you mean `max_entries`?"),
        ("size", "did you mean `max_entries`?"),
        ("shared", "write `per = \"all\"`"),
    ],
};

pub(super) static RETRY: Table<Retry> = Table {
    attribute: "retry(..)",
    rows: &[&[
        Row::new(
            "max",
            Form::Count,
            "3",
            |it: &mut Retry, setting, errors| {
                it.max = setting.read(errors);
            },
        )
        .needed(),
        Row::new(
            "backoff",
            Form::Duration,
            "\"100ms\"",
            |it, setting, errors| {
                it.backoff = setting.read(errors);
            },
        ),
    ]],
    expected: &[
        ("attempts", "did you mean `max`?"),
        ("times", "did you mean `max`?"),
        ("delay", "did you mean `backoff`?"),
        ("wait", "did you mean `backoff`?"),
    ],
};

pub(super) static BREAKER: Table<Breaker> = Table {
    attribute: "breaker(..)",
    rows: &[&[
        Row::new(
            "failures",
            Form::Count,
            "5",
            |it: &mut Breaker, setting, errors| {
                it.failures = setting.read(errors);
            },
        )
        .needed(),
        Row::new(
            "cooldown",
            Form::Duration,
            "\"30s\"",
            |it: &mut Breaker, setting, errors| {
                it.cooldown = setting.read(errors);
            },
        )
        .needed(),
    ]],
    expected: &[
        ("max", "did you mean `failures`?"),
        ("timeout", "did you mean `cooldown`?"),
    ],
};
