//! The default and the example of an argument.

use syn::{Expr, ExprLit, Lit, Type, UnOp};

use super::rules;
use crate::args::argument::{Argument, Default};
use crate::args::table::setting::Set;
use crate::diag::{Diagnostic, Errors, err};
use crate::ir::argument::Value;
use crate::lower::enclosing::Enclosing;
use crate::lower::value::ty;

/// The null values of other languages.
const NOTHING: [&str; 4] = ["null", "nil", "none", "undefined"];

/// The argument of a value.
pub(crate) struct Context<'c> {
    pub(crate) name: String,
    pub(crate) ty: &'c Type,
    pub(crate) keys: &'c Argument,
    pub(crate) enclosing: Enclosing<'c>,
}

impl Context<'_> {
    pub(crate) fn default(&self, errors: &mut Errors) -> Option<Value> {
        match self.keys.default.as_ref()? {
            Default::OfType(key) => Some(Value::OfType(*key)),
            Default::Value(set) => self.checked("default", set, errors),
        }
    }

    pub(crate) fn example(&self, errors: &mut Errors) -> Option<Value> {
        self.checked("example", self.keys.example.as_ref()?, errors)
    }

    fn checked(&self, what: &str, set: &Set<Expr>, errors: &mut Errors) -> Option<Value> {
        errors.handle(rules::check_value(what, &self.name, set, self.keys));
        errors.handle(self.value(what, set))
    }

    fn value(&self, what: &str, set: &Set<Expr>) -> Result<Value, Diagnostic> {
        let (name, given) = (&self.name, self.ty);
        match &set.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(_), ..
            }) if ty::is_primitive(given) => {
                let written = ty::source(given);
                Err(err!(
                    set.at,
                    "the {what} of `{name}` is a string, but `{name}` is a `{written}`"
                )
                .help("write the value without quotes"))
            }
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Ok(Value::Text(text.clone())),
            Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) && ty::is_unsigned(given) => {
                let written = ty::source(given);
                Err(err!(
                    set.at,
                    "the {what} of `{name}` is negative, but `{name}` is a `{written}`"
                )
                .help("write a number from 0, or take a signed type, such as `i64`"))
            }
            Expr::Path(path) if NOTHING.iter().any(|word| path.path.is_ident(word)) => {
                let word = ty::source(path);
                Err(err!(set.at, "the {what} of `{name}` is `{word}`, which Rust does not have")
                    .help(format!(
                        "remove it and take an `Option`: `{name}` is `None` when the client sends no value, or `null`"
                    )))
            }
            other => Ok(Value::Expression(self.enclosing.written_out(other))),
        }
    }
}
