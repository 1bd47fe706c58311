//! The rules of an argument, each separately, and a default or example checked by them.

use quote::{ToTokens, quote};
use syn::{Expr, ExprLit, ExprRange, Lit, LitStr, RangeLimits};

use crate::args::argument::Argument;
use crate::args::table::check::kind;
use crate::args::table::setting::Set;
use crate::diag::{Diagnostic, Errors, err};
use crate::ir::argument::{Bound, Rule};
use crate::lower::enclosing::Enclosing;
use crate::lower::value::literal::{self, Number};
use crate::lower::value::matching;
use crate::lower::value::word::check_repeated;

/// The rules, in the order of the reference.
pub(crate) fn all(keys: &Argument, enclosing: Enclosing<'_>, errors: &mut Errors) -> Vec<Rule> {
    let mut rules = Vec::new();
    rules.extend(
        keys.range
            .as_ref()
            .and_then(|set| range(set, enclosing, errors)),
    );
    rules.extend(
        keys.length
            .as_ref()
            .and_then(|set| length(set, enclosing, errors)),
    );
    rules.extend(
        keys.pattern
            .as_ref()
            .and_then(|set| errors.handle(pattern(set))),
    );
    rules.extend(keys.email.as_ref().map(|_| Rule::Email));
    rules.extend(keys.url.as_ref().map(|_| Rule::Url));
    rules.extend(keys.one_of.as_ref().map(|set| one_of(set, errors)));
    rules.extend(
        keys.custom
            .as_ref()
            .map(|set| Rule::Custom(enclosing.written_out(&set.value))),
    );
    rules
}

fn range(set: &Set<ExprRange>, enclosing: Enclosing<'_>, errors: &mut Errors) -> Option<Rule> {
    errors.handle(satisfiable(set))?;
    for bound in [&set.value.start, &set.value.end].into_iter().flatten() {
        if let Expr::Lit(ExprLit {
            lit: Lit::Str(_) | Lit::Bool(_),
            ..
        }) = &**bound
        {
            let error = err!(bound, "`range` needs numbers, found {}", kind(bound));
            errors.push(
                error.help("use `length = ..` to limit strings, or `one_of(..)` to list them"),
            );
            return None;
        }
    }
    let bound = |expr: &Option<Box<Expr>>| expr.as_ref().map(|expr| enclosing.written_out(expr));
    let start = bound(&set.value.start).map_or(Bound::Unbounded, Bound::Included);
    let end = match (bound(&set.value.end), set.value.limits) {
        (None, _) => Bound::Unbounded,
        (Some(end), RangeLimits::HalfOpen(_)) => Bound::Excluded(end),
        (Some(end), RangeLimits::Closed(_)) => Bound::Included(end),
    };
    Some(Rule::Range(start, end))
}

fn length(set: &Set<ExprRange>, enclosing: Enclosing<'_>, errors: &mut Errors) -> Option<Rule> {
    let ExprRange {
        start, end, limits, ..
    } = &set.value;
    for bound in [start, end].into_iter().flatten() {
        errors.handle(count(bound))?;
    }
    errors.handle(satisfiable(set))?;
    let start = start.as_ref().map(|start| enclosing.written_out(start));
    let end = end
        .as_ref()
        .map(|end| match (limits, literal::number(end)) {
            (RangeLimits::HalfOpen(_), Some(Number::Whole(end))) => {
                usize::try_from(end - 1).unwrap_or(0).to_token_stream()
            }
            (RangeLimits::HalfOpen(_), _) => {
                let end = enclosing.written_out(end);
                quote!((#end) - 1)
            }
            (RangeLimits::Closed(_), _) => enclosing.written_out(end),
        });
    Some(Rule::Length(start, end))
}

fn count(bound: &Expr) -> Result<(), Diagnostic> {
    match literal::number(bound) {
        Some(Number::Whole(whole)) if whole < 0 => {
            Err(err!(bound, "a length cannot be negative").help("write `0`, or leave it out"))
        }
        Some(Number::Decimal(_)) => {
            Err(err!(bound, "a length is a whole number, found {}", kind(bound)).help("round it"))
        }
        _ => Ok(()),
    }
}

fn satisfiable(set: &Set<ExprRange>) -> Result<(), Diagnostic> {
    let (range, key) = (&set.value, &set.name);
    if range.start.is_none() && range.end.is_none() {
        return Err(err!(range, "`{key}` has no bounds")
            .help(format!("write for example `{key} = 1..=100`")));
    }
    if literal::is_empty(range) {
        let written = literal::source(range);
        return Err(err!(
            range,
            "the {key} {written} is empty: no value could satisfy it"
        )
        .help("write the smaller bound first"));
    }
    Ok(())
}

fn pattern(set: &Set<LitStr>) -> Result<Rule, Diagnostic> {
    match regex_syntax::Parser::new().parse(&set.value.value()) {
        Ok(_) => Ok(Rule::Pattern(set.value.clone())),
        Err(error) => Err(err!(set.at, "invalid regular expression\n\n{error}")
            .note("the syntax is that of the `regex` crate")),
    }
}

fn one_of(set: &Set<Vec<LitStr>>, errors: &mut Errors) -> Rule {
    for (at, text) in set.value.iter().enumerate() {
        check_repeated(&set.value[..at], text, errors);
    }
    Rule::OneOf(set.value.clone())
}

/// Refuses a literal default or example that violates the rules.
pub(crate) fn check_value(
    what: &str,
    name: &str,
    value: &Set<Expr>,
    keys: &Argument,
) -> Result<(), Diagnostic> {
    if let Some(number) = literal::number(&value.value) {
        return check_number(what, name, value, number, keys);
    }
    match literal::text(&value.value) {
        Some(text) => check_text(what, name, value, &text, keys),
        None => Ok(()),
    }
}

fn check_number(
    what: &str,
    name: &str,
    value: &Set<Expr>,
    number: Number,
    keys: &Argument,
) -> Result<(), Diagnostic> {
    match &keys.range {
        Some(set) if literal::contains(&set.value, number) == Some(false) => {
            let (written, range) = (literal::source(&value.at), literal::source(&set.value));
            Err(err!(
                value.at,
                "the {what} `{written}` of `{name}` is outside its range {range}"
            )
            .help(format!("change the {what} or the `range`")))
        }
        _ => Ok(()),
    }
}

fn check_text(
    what: &str,
    name: &str,
    value: &Set<Expr>,
    text: &str,
    keys: &Argument,
) -> Result<(), Diagnostic> {
    let subject = format!("the {what} \"{text}\" of `{name}`");
    if let Some(set) = &keys.one_of
        && set.value.iter().all(|allowed| allowed.value() != text)
    {
        let allowed: Vec<String> = set
            .value
            .iter()
            .map(|allowed| format!("\"{}\"", allowed.value()))
            .collect();
        return Err(
            err!(value.at, "{subject} is none of {}", allowed.join(", "))
                .help(format!("change the {what}, or add it to `one_of`")),
        );
    }
    let count = text.chars().count();
    if let Some(set) = &keys.length
        && let Ok(length) = i128::try_from(count)
        && literal::contains(&set.value, Number::Whole(length)) == Some(false)
    {
        let allowed = literal::source(&set.value);
        return Err(err!(
            value.at,
            "{subject} has {count} characters, outside its length {allowed}"
        )
        .help(format!("change the {what} or the `length`")));
    }
    if let Some(set) = &keys.pattern
        && let Ok(pattern) = regex_syntax::Parser::new().parse(&set.value.value())
        && matching::is_found(&pattern, text) == Some(false)
    {
        let allowed = set.value.value();
        return Err(
            err!(value.at, "{subject} does not match its pattern `{allowed}`")
                .help(format!("change the {what} or the `pattern`")),
        );
    }
    if keys.email.is_some() && !text.contains('@') {
        return Err(err!(value.at, "{subject} is no e-mail address")
            .help("write for example \"name@example.com\""));
    }
    if keys.url.is_some() && !text.contains(':') {
        return Err(
            err!(value.at, "{subject} is no URL").help("write for example \"https://example.com\"")
        );
    }
    Ok(())
}
