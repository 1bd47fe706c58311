//! Literals, as far as they can be compared with each other.

use quote::ToTokens;
use syn::{Expr, ExprLit, ExprRange, Lit, RangeLimits, UnOp};

use super::ty;

/// A number that was written down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    Whole(i128),
    Decimal(f64),
}

impl Number {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a comparison of a whole number with a decimal one is approximate"
    )]
    pub(crate) fn decimal(self) -> f64 {
        match self {
            Self::Whole(whole) => whole as f64,
            Self::Decimal(decimal) => decimal,
        }
    }

    fn is_less(self, other: Self) -> bool {
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => a < b,
            (a, b) => a.decimal() < b.decimal(),
        }
    }
}

/// The number an expression is, if it is a literal; `Some(5)` counts as 5.
pub(crate) fn number(expr: &Expr) -> Option<Number> {
    match inner(expr) {
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => match number(&unary.expr)? {
            Number::Whole(whole) => whole.checked_neg().map(Number::Whole),
            Number::Decimal(decimal) => Some(Number::Decimal(-decimal)),
        },
        Expr::Lit(ExprLit {
            lit: Lit::Int(int), ..
        }) => int.base10_parse().ok().map(Number::Whole),
        Expr::Lit(ExprLit {
            lit: Lit::Float(float),
            ..
        }) => float.base10_parse().ok().map(Number::Decimal),
        _ => None,
    }
}

/// The text an expression is, if it is a literal; `Some("x".into())` counts as `x`.
pub(crate) fn text(expr: &Expr) -> Option<String> {
    match inner(expr) {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.value()),
        Expr::MethodCall(call) if call.args.is_empty() => text(&call.receiver),
        _ => None,
    }
}

/// An expression without parentheses, invisible groups and `Some`.
fn inner(expr: &Expr) -> &Expr {
    match expr {
        Expr::Group(group) => inner(&group.expr),
        Expr::Paren(paren) => inner(&paren.expr),
        Expr::Call(call) if call.args.len() == 1 && is_some(&call.func) => {
            call.args.first().map_or(expr, inner)
        }
        other => other,
    }
}

fn is_some(function: &Expr) -> bool {
    matches!(function, Expr::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Some"))
}

/// Reports whether a number lies in a range; `None` when that cannot be seen.
pub(crate) fn contains(range: &ExprRange, value: Number) -> Option<bool> {
    let above = match &range.start {
        None => true,
        Some(start) => !value.is_less(number(start)?),
    };
    let below = match (&range.end, range.limits) {
        (None, _) => true,
        (Some(end), RangeLimits::HalfOpen(_)) => value.is_less(number(end)?),
        (Some(end), RangeLimits::Closed(_)) => !number(end)?.is_less(value),
    };
    Some(above && below)
}

/// Reports whether nothing at all lies in a range of literals.
pub(crate) fn is_empty(range: &ExprRange) -> bool {
    let bound = |expr: &Option<Box<Expr>>| expr.as_deref().and_then(number);
    match (bound(&range.start), bound(&range.end)) {
        (Some(start), Some(end)) => match range.limits {
            RangeLimits::HalfOpen(_) => !start.is_less(end),
            RangeLimits::Closed(_) => end.is_less(start),
        },
        _ => false,
    }
}

/// An expression or range as a person writes it.
pub(crate) fn source(expr: &impl ToTokens) -> String {
    ty::source(expr)
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn numbers_are_compared_with_ranges() {
        let range = |range: ExprRange, value: Expr| {
            number(&value).and_then(|value| contains(&range, value))
        };
        assert_eq!(range(parse_quote!(1..=100), parse_quote!(100)), Some(true));
        assert_eq!(range(parse_quote!(1..100), parse_quote!(100)), Some(false));
        assert_eq!(range(parse_quote!(-5..), parse_quote!(-6)), Some(false));
        assert_eq!(
            range(parse_quote!(0.0..=1.0), parse_quote!(1.5)),
            Some(false)
        );
        assert_eq!(range(parse_quote!(1..=MAX), parse_quote!(5)), None);
        assert_eq!(
            range(parse_quote!(1..=100), parse_quote!(Some(500u32))),
            Some(false)
        );
    }

    #[test]
    fn an_empty_range_is_seen() {
        assert!(is_empty(&parse_quote!(100..=1)));
        assert!(is_empty(&parse_quote!(5..5)));
        assert!(!is_empty(&parse_quote!(5..=5)));
        assert!(!is_empty(&parse_quote!(1..)));
    }

    #[test]
    fn texts_are_seen_through_conversions() {
        assert_eq!(text(&parse_quote!("a")).as_deref(), Some("a"));
        assert_eq!(
            text(&parse_quote!(Some("a".to_owned()))).as_deref(),
            Some("a")
        );
        assert_eq!(text(&parse_quote!(String::new())), None);
    }
}
