//! The shapes a key's value may have, and the words for a value of another shape.

use proc_macro2::Group;
use quote::{ToTokens, quote};
use syn::{Expr, ExprLit, Ident, Lit, LitInt, UnOp};

use super::keys::Key;
use super::setting::Value;
use crate::diag::{Diagnostic, err};

/// How a key is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `read_only`
    Flag,
    /// `destructive`, `destructive = false`
    Switch,
    /// `name = "search"`
    Text,
    /// `timeout = "5s"`
    Duration,
    /// `max_output = "64KiB"`
    Size,
    /// `burst = 5`
    Count,
    /// `rate_limit = "10/min"`, `rate_limit(quota = "10/min", burst = 5)`
    RateOrKeys,
    /// `cache = "30s"`, `cache(ttl = "30s", max_entries = 100)`
    DurationOrKeys,
    /// `concurrency = 4`, `concurrency(max = 4, queue = 16)`
    CountOrKeys,
    /// `priority = 0.8`
    Number,
    /// `range = 1..=100`
    Range,
    /// `schema = path::to::function`
    Path,
    /// `example = 3`
    Expression,
    /// `default`, `default = 3`
    Default,
    /// `one_of("a", "b")`
    Texts,
    /// `defaults(timeout = "5s")`
    Keys,
}

impl Form {
    /// What a key of this form needs, as in "`timeout` needs a duration string".
    fn noun(self) -> &'static str {
        match self {
            Self::Flag => "no value",
            Self::Switch => "`true` or `false`",
            Self::Text => "a string",
            Self::Duration | Self::DurationOrKeys => "a duration string",
            Self::RateOrKeys => "a rate string",
            Self::Size => "a size string",
            Self::Count | Self::CountOrKeys => "a positive whole number",
            Self::Number => "a number",
            Self::Range => "a range",
            Self::Path => "the path of a function",
            Self::Expression | Self::Default => "a value",
            Self::Texts => "a list of strings",
            Self::Keys => "a list of keys",
        }
    }

    fn takes_list(self) -> bool {
        matches!(
            self,
            Self::RateOrKeys | Self::DurationOrKeys | Self::CountOrKeys | Self::Texts | Self::Keys
        )
    }

    fn takes_value(self) -> bool {
        !matches!(self, Self::Texts | Self::Keys)
    }

    fn takes_nothing(self) -> bool {
        matches!(self, Self::Flag | Self::Switch | Self::Default)
    }

    fn admits(self, expr: &Expr) -> bool {
        match (self, expr) {
            (_, Expr::Group(group)) => self.admits(&group.expr),
            (Self::Number, Expr::Unary(unary)) => {
                matches!(unary.op, UnOp::Neg(_)) && self.admits(&unary.expr)
            }
            (
                Self::Switch,
                Expr::Lit(ExprLit {
                    lit: Lit::Bool(_), ..
                }),
            )
            | (
                Self::Text | Self::Duration | Self::Size | Self::RateOrKeys | Self::DurationOrKeys,
                Expr::Lit(ExprLit {
                    lit: Lit::Str(_), ..
                }),
            )
            | (
                Self::Count | Self::CountOrKeys,
                Expr::Lit(ExprLit {
                    lit: Lit::Int(_), ..
                }),
            )
            | (
                Self::Number,
                Expr::Lit(ExprLit {
                    lit: Lit::Int(_) | Lit::Float(_),
                    ..
                }),
            )
            | (Self::Range, Expr::Range(_))
            | (Self::Path, Expr::Path(_))
            | (Self::Expression | Self::Default, _) => true,
            _ => false,
        }
    }
}

/// Whether the value has the shape that its key asks for.
pub(crate) fn check(key: &Key, name: &Ident, value: &Value) -> Result<(), Diagnostic> {
    match value {
        Value::None => check_nothing(key, name),
        Value::List(group) => check_list(key, name, group),
        Value::Expr(expr) => check_value(key, expr),
    }
}

fn check_nothing(key: &Key, name: &Ident) -> Result<(), Diagnostic> {
    if key.form.takes_nothing() {
        return Ok(());
    }
    Err(err!(name, "`{}` needs a value", key.name).help(format!("write `{}`", key.usage())))
}

fn check_list(key: &Key, name: &Ident, group: &Group) -> Result<(), Diagnostic> {
    let value = value_in_list(key, group);
    let is_value = value.is_some() && key.form.takes_value();
    if key.form.takes_list() && !is_value {
        let noun = key.form.noun();
        if group.stream().is_empty() {
            let error = err!(group, "`{}` needs {noun}, found none", key.name);
            return Err(error.help(format!("write `{}`", key.usage())));
        }
        return Ok(());
    }
    let whole = quote!(#name #group);
    if key.form == Form::Flag {
        return Err(err!(whole, "`{}` is a flag and takes no list", key.name)
            .help(format!("write `{}`", key.name)));
    }
    let written = value.map_or_else(
        || key.usage(),
        |expr| format!("{} = {}", key.name, source(&expr)),
    );
    Err(err!(whole, "`{}` takes a value, not a list", key.name).help(format!("write `{written}`")))
}

fn check_value(key: &Key, expr: &Expr) -> Result<(), Diagnostic> {
    if key.form == Form::Flag {
        return Err(flag_with_value(key, expr));
    }
    if key.form.takes_value() && key.form.admits(expr) {
        Ok(())
    } else {
        Err(wrong_kind(key, expr))
    }
}

/// The value that was put into parentheses instead of behind a `=`.
fn value_in_list(key: &Key, group: &Group) -> Option<Expr> {
    syn::parse2::<Expr>(group.stream())
        .ok()
        .filter(|expr| key.form.admits(expr))
}

fn flag_with_value(key: &Key, expr: &Expr) -> Diagnostic {
    let name = key.name;
    let help = match expr {
        Expr::Lit(ExprLit {
            lit: Lit::Bool(no), ..
        }) if !no.value => format!("leave `{name}` out"),
        _ => format!("write `{name}`"),
    };
    err!(expr, "`{name}` is a flag and takes no value").help(help)
}

fn wrong_kind(key: &Key, expr: &Expr) -> Diagnostic {
    if key.form.takes_list() && matches!(expr, Expr::Paren(_) | Expr::Tuple(_)) {
        return list_behind_equals(key, expr);
    }
    let found = match expr {
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => "a negative number",
        other => kind(other),
    };
    let diagnostic = err!(
        expr,
        "`{}` needs {}, found {found}",
        key.name,
        key.form.noun()
    );
    let help = match (key.form, expr) {
        (
            Form::Duration | Form::DurationOrKeys,
            Expr::Lit(ExprLit {
                lit: Lit::Int(int), ..
            }),
        ) => with_unit(key, int, "s", "ms, s, m, h"),
        (
            Form::Size,
            Expr::Lit(ExprLit {
                lit: Lit::Int(int), ..
            }),
        ) => with_unit(key, int, "B", "B, KB, KiB, MB, MiB, GB, GiB"),
        (
            Form::Texts,
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }),
        ) => {
            format!("write `{}({})`", key.name, text.to_token_stream())
        }
        _ => format!("write `{}`", key.usage()),
    };
    diagnostic.help(help)
}

/// What to write instead of a number without a unit, or outside of quotes.
fn with_unit(key: &Key, int: &LitInt, unit: &str, units: &str) -> String {
    let (name, digits) = (key.name, int.base10_digits());
    let (what, unit) = match int.suffix() {
        "" => ("add a unit", unit),
        suffix => ("write it as text", suffix),
    };
    format!("{what}: `{name} = \"{digits}{unit}\"` (units: {units})")
}

/// `rate_limit = (quota = "10/min")`, which Rust's attributes do not have.
fn list_behind_equals(key: &Key, expr: &Expr) -> Diagnostic {
    let name = key.name;
    let list = err!(expr, "the list of `{name}` comes without a `=`");
    match expr {
        Expr::Paren(paren) if key.form.takes_value() && key.form.admits(&paren.expr) => {
            err!(expr, "the value of `{name}` comes without parentheses")
                .help(format!("write `{name} = {}`", paren.expr.to_token_stream()))
        }
        other => list.help(format!("write `{name}{}`", written(other))),
    }
}

/// A list of keys as a person writes it.
fn written(expr: &Expr) -> String {
    let text = expr.to_token_stream().to_string();
    text.replace("( ", "(")
        .replace(" )", ")")
        .replace(" ,", ",")
        .replace(",)", ")")
}

/// A value as a person writes it.
fn source(expr: &Expr) -> String {
    expr.to_token_stream().to_string().replace(' ', "")
}

/// What an expression is, in a word.
pub(crate) fn kind(expr: &Expr) -> &'static str {
    match expr {
        Expr::Group(group) => kind(&group.expr),
        Expr::Paren(paren) => kind(&paren.expr),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => kind(&unary.expr),
        Expr::Lit(literal) => literal_kind(&literal.lit),
        Expr::Array(_) => "an array",
        Expr::Call(_) | Expr::MethodCall(_) => "a call",
        Expr::Closure(_) => "a closure",
        Expr::Macro(_) => "a macro call",
        Expr::Path(_) => "a path",
        Expr::Range(_) => "a range",
        Expr::Tuple(_) => "a tuple",
        _ => "an expression",
    }
}

pub(super) fn literal_kind(literal: &Lit) -> &'static str {
    match literal {
        Lit::Str(_) => "a string",
        Lit::ByteStr(_) | Lit::CStr(_) => "a byte string",
        Lit::Byte(_) | Lit::Int(_) => "an integer",
        Lit::Char(_) => "a character",
        Lit::Float(_) => "a decimal number",
        Lit::Bool(_) => "a bool",
        _ => "a literal",
    }
}
