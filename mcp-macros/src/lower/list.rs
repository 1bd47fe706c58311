//! The paths of `tools![..]`, `resources![..]` or `prompts![..]`.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Path, Token};

use super::value::ty;
use crate::diag::{Diagnostic, Errors, err, is_cut_off};
use crate::ir::list::{Entry, List};
use crate::kind::Kind;
use crate::syntax::attribute;
use crate::syntax::item::until_comma;

/// Lowers the entries of the list; an entry that is not a path is recorded and left out.
///
/// `crate = path;` in front names the runtime, for crates that re-export it.
pub(crate) fn lower(kind: Kind, tokens: TokenStream, errors: &mut Errors) -> List {
    let mut list = List {
        kind,
        runtime: syn::parse_quote!(::mcp_runtime),
        entries: Vec::new(),
    };
    let read = |input: ParseStream| {
        if let Some(path) = runtime(input)? {
            list.runtime = path;
        }
        while !input.is_empty() {
            match entry(kind, input) {
                Ok(entry) => push(entry, &mut list.entries, errors),
                Err(error) => {
                    errors.push(error);
                    until_comma(input)?;
                }
            }
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(())
    };
    let outcome = read.parse2(tokens);
    errors.handle(outcome);
    list
}

fn runtime(input: ParseStream) -> syn::Result<Option<Path>> {
    if !(input.peek(Token![crate]) && input.peek2(Token![=])) {
        return Ok(None);
    }
    input.parse::<Token![crate]>()?;
    input.parse::<Token![=]>()?;
    let path = input.parse()?;
    input.parse::<Token![;]>()?;
    Ok(Some(path))
}

/// One path, up to the next comma.
fn entry(kind: Kind, input: ParseStream) -> syn::Result<Entry> {
    let attributes = input.call(Attribute::parse_outer)?;
    let start = input.fork();
    let path = input
        .parse::<Path>()
        .map_err(|error| match written(&start) {
            Some(path) if is_cut_off(&error) => half(kind, &path).into(),
            _ => match start.parse::<TokenTree>() {
                Ok(tree) => no_path(kind, &tree).into(),
                Err(_) => error,
            },
        })?;
    check_method(kind, &path)?;
    if !input.is_empty() && !input.peek(Token![,]) {
        return Err(not_only_a_path(kind, &path, &input.parse()?).into());
    }
    if let Some(other) = attributes
        .iter()
        .find(|attribute| !attribute::is(attribute, attribute::CFG))
    {
        let noun = kind.noun();
        return Err(
            err!(other, "only `#[cfg(..)]` goes on a {noun} in this list")
                .help("remove it")
                .into(),
        );
    }
    Ok(Entry {
        cfgs: attributes,
        path,
    })
}

/// The tokens of an entry.
fn written(start: ParseStream) -> Option<TokenStream> {
    let written = until_comma(&start.fork()).ok()?;
    (!written.is_empty()).then_some(written)
}

fn half(kind: Kind, written: &TokenStream) -> Diagnostic {
    let last: TokenStream = written.clone().into_iter().last().into_iter().collect();
    err!(last, "the path of a {} ends here", kind.noun()).help(format!(
        "write the name of a function with `{}`",
        kind.attribute()
    ))
}

/// Refuses `Type::method`: `into_server()` lists the declarations of a block.
fn check_method(kind: Kind, path: &Path) -> syn::Result<()> {
    let names: Vec<String> = path
        .segments
        .iter()
        .map(|it| it.ident.to_string())
        .collect();
    let is_type = |name: &String| name.starts_with(|c: char| c.is_ascii_uppercase());
    match &names[..] {
        [owner, name] if path.leading_colon.is_none() && is_type(owner) => Err(err!(
            path,
            "`{owner}::{name}` is a method, and methods are not listed"
        )
        .help(format!(
            "`{owner}.into_server()` lists them, where `#[server]` is on the `impl` block; a {} of a module `{owner}` is listed as `self::{owner}::{name}`",
            kind.noun()
        ))
        .into()),
        _ => Ok(()),
    }
}

fn no_path(kind: Kind, at: &TokenTree) -> Diagnostic {
    err!(at, "expected the path of a {}, found `{at}`", kind.noun()).help(format!(
        "write the name of a function with `{}`",
        kind.attribute()
    ))
}

fn not_only_a_path(kind: Kind, path: &Path, next: &TokenTree) -> Diagnostic {
    let written = ty::source(path);
    match next {
        TokenTree::Group(_) => {
            err!(next, "`{written}` is listed, not called").help(format!("write `{written}`"))
        }
        TokenTree::Ident(_) => err!(next, "expected `,` before `{next}`").help("add a comma"),
        _ => err!(next, "expected `,`, found `{next}`")
            .help(format!("{} are separated by commas", kind.plural())),
    }
}

/// Adds an entry, unless it is a duplicate; `#[cfg]`s may separate two equal ones.
fn push(entry: Entry, entries: &mut Vec<Entry>, errors: &mut Errors) {
    let written = ty::source(&entry.path);
    let same = |other: &Entry| {
        ty::source(&other.path) == written && other.cfgs.is_empty() && entry.cfgs.is_empty()
    };
    if entries.iter().any(same) {
        let at = entry.path.to_token_stream();
        errors.push(err!(at, "`{written}` is listed twice").help("remove one of them"));
    } else {
        entries.push(entry);
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn outcome(tokens: TokenStream) -> (Vec<String>, usize) {
        let mut errors = Errors::default();
        let list = lower(Kind::Tool, tokens, &mut errors);
        (
            list.entries
                .iter()
                .map(|entry| ty::source(&entry.path))
                .collect(),
            errors.len(),
        )
    }

    #[test]
    fn every_path_is_read_although_others_are_wrong() {
        assert_eq!(
            outcome(quote!(add, sub(), "x", crate::deep::tool)),
            (vec!["add".into(), "crate::deep::tool".into()], 2)
        );
        assert_eq!(outcome(quote!(add sub, mul)), (vec!["mul".into()], 1));
        assert_eq!(
            outcome(quote!(
                add,
                #[cfg(x)]
                add,
            )),
            (vec!["add".into(), "add".into()], 0)
        );
    }

    #[test]
    fn the_runtime_may_have_another_name() {
        let list = lower(
            Kind::Tool,
            quote!(crate = ::sdk; add),
            &mut Errors::default(),
        );
        assert_eq!(
            (ty::source(&list.runtime), list.entries.len()),
            ("::sdk".to_owned(), 1)
        );
    }
}
