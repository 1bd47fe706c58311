//! Conflicts among the keys of a declared function, and with the function.
//!
//! Invariants: an error is at the key that cannot be used, or, if that is a default, at the function's name; keys that
//! contradict each other in two ways are one error.

use syn::{Ident, Signature};

use super::reading::Reading;
use crate::args::declaration::KindKeys;
use crate::args::declaration::tool::Tool;
use crate::args::policy::{Policies, Retry};
use crate::args::table::setting::Set;
use crate::args::text::rules::{self, Conflict, NOT_ASYNC};
use crate::args::value::duration::Millis;
use crate::diag::{Diagnostic, Errors, err};
use crate::ir::argument::Parameter;
use crate::ir::declaration::Mode;

/// Checks the keys of one function, all of them readable.
pub(super) fn check(reading: &Reading<'_>, signature: &Signature, errors: &mut Errors) {
    let none = Policies::default();
    let (function, own) = (&reading.function.name, &reading.keys.policies);
    let defaults = reading.enclosing.defaults.unwrap_or(&none);
    let mode = reading.mode(signature);
    let mut may_retry = true;
    if let KindKeys::Tool(tool) = &reading.keys.own {
        errors.handle(check_destructive(tool, own));
        errors.handle(check_cache(function, tool, own));
        errors.handle(check_task(tool, mode));
        may_retry = errors
            .handle(check_retry(function, tool, own, defaults))
            .is_some();
    }
    if mode == Mode::Sync {
        errors.handle(check_sync(function, own, defaults));
    }
    if may_retry && (own.retry.is_some() || own.timeout.is_some()) {
        errors.handle(check_backoff(own, defaults));
    }
}

/// Checks the defaults of a block, independently of functions.
pub(crate) fn check_defaults(defaults: &Policies, errors: &mut Errors) {
    errors.handle(check_backoff(defaults, &Policies::default()));
}

fn is_set(key: Option<&Set<bool>>) -> bool {
    key.is_some_and(|set| set.value)
}

fn is_destructive(keys: &Tool) -> Option<&Set<bool>> {
    keys.destructive.as_ref().filter(|set| set.value)
}

fn check_destructive(keys: &Tool, own: &Policies) -> Result<(), Diagnostic> {
    let Some(destructive) = is_destructive(keys) else {
        return Ok(());
    };
    let other = match (is_set(keys.read_only.as_ref()), &own.cache) {
        (true, _) => "read_only",
        (false, Some(_)) => "cache",
        (false, None) => return Ok(()),
    };
    Err(err!(destructive.name, "`destructive` contradicts `{other}`").help("remove one of them"))
}

fn check_cache(tool: &Ident, keys: &Tool, own: &Policies) -> Result<(), Diagnostic> {
    match &own.cache {
        Some(cache) if !is_set(keys.read_only.as_ref()) && is_destructive(keys).is_none() => {
            Err(diagnostic(&cache.name, rules::cache(&tool.to_string())))
        }
        _ => Ok(()),
    }
}

/// Refuses a cache of results that depend on an input response.
pub(super) fn check_elicit(
    policies: &Policies,
    parameters: &[Parameter],
) -> Result<(), Diagnostic> {
    let asked = parameters.iter().find_map(|parameter| match parameter {
        Parameter::Argument(argument) if argument.elicit.is_some() => Some(&argument.name),
        _ => None,
    });
    match (&policies.cache, asked) {
        (Some(cache), Some(asked)) => {
            let conflict = rules::cache_of_elicited(asked);
            Err(diagnostic(&cache.name, conflict))
        }
        _ => Ok(()),
    }
}

fn check_retry(
    tool: &Ident,
    keys: &Tool,
    own: &Policies,
    defaults: &Policies,
) -> Result<(), Diagnostic> {
    if is_set(keys.read_only.as_ref()) || is_set(keys.idempotent.as_ref()) {
        return Ok(());
    }
    if let Some(retry) = &own.retry {
        return Err(diagnostic(&retry.name, rules::retry(&tool.to_string())));
    }
    match &defaults.retry {
        Some(_) => Err(err!(tool, "the default `retry` needs `read_only` or `idempotent`").help(format!(
            "add the one that is true of `{tool}`, or take `retry` out of the defaults and write it on the other tools"
        ))),
        None => Ok(()),
    }
}

/// Refuses a task that would occupy a thread.
fn check_task(tool: &Tool, mode: Mode) -> Result<(), Diagnostic> {
    match &tool.task {
        Some(task) if mode == Mode::Sync => Err(err!(
            task.name,
            "`task` cannot run a function that is not `async`"
        )
        .help(NOT_ASYNC)),
        _ => Ok(()),
    }
}

/// Refuses policies without effect on a function that occupies its thread.
fn check_sync(function: &Ident, own: &Policies, defaults: &Policies) -> Result<(), Diagnostic> {
    let (timeout, concurrency) = (own.timeout.as_ref(), own.concurrency.as_ref());
    let timeout = timeout.map(|set| &set.name);
    no_hold(
        "timeout",
        "stop",
        function,
        timeout,
        defaults.timeout.is_some(),
    )?;
    let concurrency = concurrency.map(|set| &set.name);
    no_hold(
        "concurrency",
        "limit",
        function,
        concurrency,
        defaults.concurrency.is_some(),
    )
}

/// The error at the function's own key, or, for a default, at its name.
fn no_hold(
    key: &str,
    verb: &str,
    function: &Ident,
    own: Option<&Ident>,
    is_default: bool,
) -> Result<(), Diagnostic> {
    match own {
        Some(own) => Err(diagnostic(own, rules::no_hold(key, verb))),
        None if is_default => Err(err!(
            function,
            "the default `{key}` cannot {verb} `{function}`, which is not `async`"
        )
        .help(NOT_ASYNC)),
        None => Ok(()),
    }
}

/// Refuses a `retry` whose longest delays together exceed the `timeout`.
fn check_backoff(own: &Policies, defaults: &Policies) -> Result<(), Diagnostic> {
    let Some((retry, of_retry)) = declared(own.retry.as_ref(), defaults.retry.as_ref()) else {
        return Ok(());
    };
    let Some((timeout, of_timeout)) = declared(own.timeout.as_ref(), defaults.timeout.as_ref())
    else {
        return Ok(());
    };
    let waits = longest_waits(&retry.value);
    let Some(conflict) = rules::waits((of_retry, waits), (of_timeout, timeout.value)) else {
        return Ok(());
    };
    let at = if own.retry.is_some() {
        &retry.name
    } else {
        &timeout.name
    };
    Err(diagnostic(at, conflict))
}

/// The value in force for a function, and the qualifier in front of its name.
fn declared<'s, T>(
    own: Option<&'s Set<T>>,
    default: Option<&'s Set<T>>,
) -> Option<(&'s Set<T>, &'static str)> {
    own.map(|set| (set, ""))
        .or_else(|| default.map(|set| (set, "the default ")))
}

/// The sum of the longest delays.
fn longest_waits(retry: &Retry) -> Millis {
    let backoff = retry.backoff.as_ref().map_or(100, |set| set.value.0);
    let max = retry.max.as_ref().map(|set| set.value.base10_parse());
    rules::longest_waits(max.and_then(Result::ok).unwrap_or(0), backoff)
}

/// The diagnostic for a conflict, at the key that cannot be used.
fn diagnostic(at: &Ident, conflict: Conflict) -> Diagnostic {
    err!(at, "{}", conflict.what).help(conflict.help)
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;
    use crate::args;
    use crate::kind::Kind;

    #[test]
    fn waits_double_up_to_30_seconds() {
        let waits = |tokens| {
            let keys =
                args::declaration::read(Kind::Tool, quote!(tool), tokens, &mut Errors::default());
            keys.policies.retry.map(|set| longest_waits(&set.value).0)
        };
        assert_eq!(waits(quote!(retry = 3)), Some(700));
        assert_eq!(waits(quote!(retry(max = 2, backoff = "1s"))), Some(3_000));
        assert_eq!(
            waits(quote!(retry(max = 4, backoff = "10s"))),
            Some(10_000 + 20_000 + 30_000 + 30_000)
        );
        assert_eq!(waits(quote!(retry(max = 2, backoff = "1m"))), Some(120_000));
        assert_eq!(
            waits(quote!(retry(max = 4294967295, backoff = "0s"))),
            Some(0)
        );
        assert_eq!(
            waits(quote!(retry = 4294967295)),
            Some(51_100 + (4_294_967_295 - 9) * 30_000)
        );
    }
}
