//! The shapes a key's value may have, and the words for a value of another shape.

use quote::ToTokens;
use syn::{Expr, ExprLit, Lit, UnOp};

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
    /// `rate_limit = "10/min"`, `rate_limit(quota = "10/min", burst = 5)`
    Rate,
    /// `burst = 5`
    Count,
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
            Self::Duration => "a duration string",
            Self::Rate => "a rate string",
            Self::Count => "a whole number",
            Self::Range => "a range",
            Self::Path => "the path of a function",
            Self::Expression | Self::Default => "a value",
            Self::Texts => "a list of strings",
            Self::Keys => "a list of keys",
        }
    }

    fn takes_list(self) -> bool {
        matches!(self, Self::Rate | Self::Texts | Self::Keys)
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
            (Self::Switch, Expr::Lit(ExprLit { lit: Lit::Bool(_), .. }))
            | (Self::Text | Self::Duration | Self::Rate, Expr::Lit(ExprLit { lit: Lit::Str(_), .. }))
            | (Self::Count, Expr::Lit(ExprLit { lit: Lit::Int(_), .. }))
            | (Self::Range, Expr::Range(_))
            | (Self::Path, Expr::Path(_))
            | (Self::Expression | Self::Default, _) => true,
            _ => false,
        }
    }
}

/// Whether the value has the shape that its key asks for.
pub(crate) fn check(key: &Key, name: &impl ToTokens, value: &Value) -> Result<(), Diagnostic> {
    let form = key.form;
    match value {
        Value::None if form.takes_nothing() => Ok(()),
        Value::None => Err(err!(name, "`{}` needs a value", key.name).help(format!("write `{}`", key.usage()))),
        Value::List(group) if form.takes_list() && !group.stream().is_empty() => Ok(()),
        Value::List(group) if form.takes_list() => {
            Err(err!(group, "`{}` needs {}, found none", key.name, form.noun())
                .help(format!("write `{}`", key.usage())))
        }
        Value::List(_) => Err(list_instead_of_value(key, name, value)),
        Value::Expr(expr) if form == Form::Flag => Err(flag_with_value(key, expr)),
        Value::Expr(expr) if form.takes_value() && form.admits(expr) => Ok(()),
        Value::Expr(expr) => Err(wrong_kind(key, expr)),
    }
}

fn list_instead_of_value(key: &Key, name: &impl ToTokens, value: &Value) -> Diagnostic {
    let Value::List(group) = value else { return err!(name, "`{}` is written otherwise", key.name) };
    let mut whole = name.to_token_stream();
    group.to_tokens(&mut whole);
    if key.form == Form::Flag {
        return err!(whole, "`{}` is a flag and takes no list", key.name).help(format!("write `{}`", key.name));
    }
    let inside = syn::parse2::<Expr>(group.stream()).ok().filter(|expr| key.form.admits(expr));
    let written = inside.map_or_else(|| key.usage(), |expr| format!("{} = {}", key.name, source(&expr)));
    err!(whole, "`{}` takes a value, not a list", key.name).help(format!("write `{written}`"))
}

fn flag_with_value(key: &Key, expr: &Expr) -> Diagnostic {
    let name = key.name;
    let help = match expr {
        Expr::Lit(ExprLit { lit: Lit::Bool(no), .. }) if !no.value => format!("leave `{name}` out"),
        _ => format!("write `{name}`"),
    };
    err!(expr, "`{name}` is a flag and takes no value").help(help)
}

fn wrong_kind(key: &Key, expr: &Expr) -> Diagnostic {
    let found = kind(expr);
    let diagnostic = err!(expr, "`{}` needs {}, found {found}", key.name, key.form.noun());
    match (key.form, expr) {
        (Form::Duration, Expr::Lit(ExprLit { lit: Lit::Int(int), .. })) => {
            let unit = if int.suffix().is_empty() { "s" } else { int.suffix() };
            let (name, digits) = (key.name, int.base10_digits());
            let what = if int.suffix().is_empty() { "add a unit" } else { "write it as text" };
            diagnostic.help(format!("{what}: `{name} = \"{digits}{unit}\"` (units: ms, s, m, h)"))
        }
        _ => diagnostic.help(format!("write `{}`", key.usage())),
    }
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

fn literal_kind(literal: &Lit) -> &'static str {
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
