//! The part of a setting that comes after its key.

use proc_macro2::{Delimiter, Group, TokenTree};
use syn::parse::ParseStream;
use syn::{Expr, Ident, Token, token};

use crate::diag::err;

/// Nothing, `= expression` or `(..)`.
#[derive(Debug)]
pub(crate) enum Value {
    None,
    Expr(Expr),
    List(Group),
}

impl Value {
    /// Parses the value of the key `name`.
    pub(super) fn parse(name: &Ident, input: ParseStream) -> syn::Result<Self> {
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
                .help("write the value, or remove the key")
                .into());
        }
        input.parse::<Expr>().map(Self::Expr)
    }
}

fn bracket(group: &TokenTree) -> &'static str {
    match group {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => "square brackets",
        _ => "braces",
    }
}
