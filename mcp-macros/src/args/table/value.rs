//! The part of a setting that comes after its key.

use proc_macro2::{Delimiter, Group, TokenTree};
use syn::parse::ParseStream;
use syn::{Expr, Ident, Lit, Token, token};

use crate::diag::{err, is_cut_off};
use crate::syntax::item::until_comma;

/// Nothing, `= expression` or `(..)`.
#[derive(Debug)]
pub(crate) enum Value {
    None,
    Expr(Expr),
    List(Group),
}

impl Value {
    /// Returns whether it is an invalid literal, which rustc has already refused.
    pub(super) fn is_no_literal(&self) -> bool {
        let literal = match self {
            Self::Expr(Expr::Lit(literal)) => &literal.lit,
            _ => return false,
        };
        matches!(literal, Lit::Verbatim(_))
    }

    /// Parses the value of the key `name`, whose form is shown by `usage`.
    pub(super) fn parse(name: &Ident, usage: &str, input: ParseStream) -> syn::Result<Self> {
        if input.peek(token::Paren) {
            return match input.parse()? {
                TokenTree::Group(group) => Ok(Self::List(group)),
                other => Err(err!(other, "expected `(`").into()),
            };
        }
        if input.peek(token::Bracket) || input.peek(token::Brace) {
            let group: TokenTree = input.parse()?;
            return Err(err!(group, "`{name}` is followed by {}", bracket(&group))
                .help(format!("write `{name} = ..`, or `{name}(..)` for a list"))
                .into());
        }
        if input.peek(Token![:]) {
            let colon: TokenTree = input.parse()?;
            return Err(err!(colon, "`{name}` is followed by `:`")
                .help(format!("write `{name} = ..`"))
                .into());
        }
        let Some(eq) = input.parse::<Option<Token![=]>>()? else {
            return Ok(Self::None);
        };
        if input.is_empty() || input.peek(Token![,]) {
            return Err(err!(eq, "`{name}` needs a value after the `=`")
                .help(format!("write `{usage}`, or remove the key"))
                .into());
        }
        let start = input.fork();
        match input.parse::<Expr>() {
            Ok(expr) => Ok(Self::Expr(expr)),
            Err(error) => Err(cut_off(name, usage, &start).unwrap_or(error)),
        }
    }
}

/// The error about a value that ends too early, at its last token; `None` for other errors.
fn cut_off(name: &Ident, usage: &str, start: ParseStream) -> Option<syn::Error> {
    let value = until_comma(start).ok()?;
    let error = syn::parse2::<Expr>(value.clone()).err()?;
    let last = value.into_iter().last().filter(|_| is_cut_off(&error))?;
    let why = error.to_string();
    let why = why.trim_start_matches("unexpected end of input, ");
    Some(
        err!(last, "the value of `{name}` ends here: {why}")
            .help(format!("write for example `{usage}`"))
            .into(),
    )
}

fn bracket(group: &TokenTree) -> &'static str {
    match group {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => "square brackets",
        _ => "braces",
    }
}
