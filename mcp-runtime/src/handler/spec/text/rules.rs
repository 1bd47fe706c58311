//! Impossible values of a function's keys, and contradictory keys: the texts about them.

use super::duration::Millis;

/// A zero that makes no sense: the reason, and the remedy.
pub(crate) type Zero = (&'static str, &'static str);

pub(crate) const TIMEOUT: Zero = (
    "a timeout of zero would fail every call",
    "leave `timeout` out for no limit",
);
pub(crate) const CONCURRENCY: Zero = (
    "a concurrency of zero would refuse every call",
    "leave `concurrency` out for no limit",
);
pub(crate) const QUEUE: Zero = (
    "a queue of zero lets no call wait",
    "leave `queue` out: then no call waits",
);
pub(crate) const TTL: Zero = (
    "a cache with a `ttl` of zero would remember nothing",
    "leave `cache` out",
);
pub(crate) const ENTRIES: Zero = (
    "a cache of zero entries would remember nothing",
    "leave `max_entries` out for 1000",
);
pub(crate) const RETRY: Zero = (
    "a retry of zero would try nothing again",
    "leave `retry` out",
);
pub(crate) const BACKOFF: Zero = (
    "a backoff of zero would try again at once",
    "leave `backoff` out for 100ms",
);
pub(crate) const FAILURES: Zero = (
    "a breaker that opens after zero failures would refuse every call",
    "use at least 1, or leave `breaker` out",
);
pub(crate) const COOLDOWN: Zero = (
    "a breaker with a cooldown of zero would never fail fast",
    "leave `breaker` out",
);
pub(crate) const MAX_OUTPUT: Zero = (
    "a `max_output` of zero would refuse every result",
    "leave `max_output` out for no limit",
);
pub(crate) const BURST: Zero = (
    "a burst of zero would refuse every call",
    "leave `burst` out",
);

/// A contradiction of keys: the reason, and the remedy.
pub(crate) struct Conflict {
    pub(crate) what: String,
    pub(crate) help: String,
}

fn conflict(what: impl Into<String>, help: impl Into<String>) -> Conflict {
    let (what, help) = (what.into(), help.into());
    Conflict { what, help }
}

/// A rate limit of zero, of a `noun` called `name` if it has one.
pub(crate) fn no_calls(function: Option<(&str, &str)>) -> Conflict {
    match function {
        Some((noun, name)) => conflict(
            format!("rate limit of zero: `{name}` could never be called"),
            format!("use a count of at least 1, or remove the {noun}"),
        ),
        None => conflict(
            "rate limit of zero: nothing could ever be called",
            "use a count of at least 1, or leave `rate_limit` out for no limit",
        ),
    }
}

/// A `burst` with a window.
pub(crate) fn burst(algorithm: &str) -> Conflict {
    conflict(
        format!("`algorithm = \"{algorithm}\"` has no `burst`: only the token bucket has one"),
        "remove `burst`, or `algorithm`",
    )
}

/// A `cache` on a tool that may change something.
pub(crate) fn cache(tool: &str) -> Conflict {
    conflict(
        "`cache` needs `read_only`",
        format!("add `read_only` if `{tool}` changes nothing, or remove `cache`"),
    )
}

/// A `cache` on a function that elicits the argument `asked`.
pub(crate) fn cache_of_elicited(asked: &str) -> Conflict {
    conflict(
        "`cache` contradicts `elicit`: the result depends on what the user answers",
        format!("remove `cache`, or `elicit` from `{asked}`"),
    )
}

/// A `retry` on a tool that may not be called twice.
pub(crate) fn retry(tool: &str) -> Conflict {
    conflict(
        "`retry` needs `read_only` or `idempotent`",
        format!("add the one that is true of `{tool}`, or remove `retry`"),
    )
}

pub(crate) const NOT_ASYNC: &str =
    "add `blocking` to run it on the blocking pool, or make the function `async`";

/// A key without effect on a function that is not `async`: it cannot `verb` it.
pub(crate) fn no_hold(key: &str, verb: &str) -> Conflict {
    conflict(
        format!("`{key}` cannot {verb} a function that is not `async`"),
        NOT_ASYNC,
    )
}

/// A `retry` whose delays together exceed the `timeout`; each with the qualifier in front of its name.
pub(crate) fn waits(retry: (&str, Millis), timeout: (&str, Millis)) -> Option<Conflict> {
    let ((of_retry, waits), (of_timeout, limit)) = (retry, timeout);
    // A timeout of zero has an error of its own.
    if limit.0 == 0 || waits.0 < limit.0 {
        return None;
    }
    Some(conflict(
        format!(
            "the waits of {of_retry}`retry` add up to {waits}, and {of_timeout}`timeout` is {limit}"
        ),
        "allow more time, or lower `max` or `backoff`",
    ))
}

/// The sum of at most `max` delays: the first, doubled with each attempt, and at most 30 s unless the first is longer.
pub(crate) fn longest_waits(max: u64, backoff: u64) -> Millis {
    let (mut wait, mut left) = (backoff, max);
    let longest = wait.max(30_000);
    let mut total: u64 = 0;
    while left > 0 && 0 < wait && wait < longest {
        total += wait;
        wait = (wait * 2).min(longest);
        left -= 1;
    }
    Millis(total.saturating_add(left.saturating_mul(wait)))
}

/// Checks a scope, a scope-token of RFC 6749.
pub(crate) fn scope(text: &str) -> Option<Conflict> {
    if text.is_empty() {
        return Some(conflict(
            "scope is empty",
            "write the name of a scope, or remove it",
        ));
    }
    let is_allowed = |c: char| c.is_ascii_graphic() && c != '"' && c != '\\';
    let other = text.chars().find(|c| !is_allowed(*c))?;
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| format!("\"{word}\""))
        .collect();
    let help = match other {
        ' ' if words.len() > 1 => format!("list them one by one: {}", words.join(", ")),
        _ => "use printable ASCII without spaces, `\"` and `\\` (RFC 6749)".to_owned(),
    };
    let other = match other {
        ' ' => "a space".to_owned(),
        other if other.is_control() => format!("`{}`", other.escape_debug()),
        other => format!("`{other}`"),
    };
    Some(conflict(format!("scope {text:?} contains {other}"), help))
}
