//! Checks that a value has the form of its key; has the errors for other forms.

use proc_macro2::Group;
use quote::{ToTokens, quote};
use syn::{Expr, ExprLit, Ident, Lit, LitInt, UnOp};

use super::form::Form;
use super::key::Key;
use super::value::Value;
use crate::diag::{Diagnostic, err};

/// Refuses a value that does not have the form of the key.
pub(super) fn check(key: &Key, name: &Ident, value: &Value) -> Result<(), Diagnostic> {
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

/// The value that is in parentheses instead of after a `=`.
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
        (Form::Texts, Expr::Array(array)) if !array.elems.is_empty() => {
            format!(
                "write `{}({})`",
                key.name,
                array.elems.to_token_stream().to_string().replace(" ,", ",")
            )
        }
        (Form::Text, Expr::Macro(_)) if DOCUMENTED.contains(&key.name) => {
            let written = source(expr);
            format!("write `#[doc = {written}]` in the place of a doc comment")
        }
        _ => format!("write `{}`", key.usage()),
    };
    diagnostic.help(help)
}

/// The keys that a doc comment replaces.
const DOCUMENTED: [&str; 2] = ["description", "instructions"];

/// The help for a number without a unit, or outside of quotes.
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

/// A list of keys as in source code.
fn written(expr: &Expr) -> String {
    let text = expr.to_token_stream().to_string();
    text.replace("( ", "(")
        .replace(" )", ")")
        .replace(" ,", ",")
        .replace(",)", ")")
}

/// A value as in source code.
fn source(expr: &Expr) -> String {
    expr.to_token_stream().to_string().replace(' ', "")
}

/// The name of the kind of an expression.
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

/// The name of the kind of a literal.
pub(crate) fn literal_kind(literal: &Lit) -> &'static str {
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
