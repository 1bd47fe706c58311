//! Types as text, for diagnostics.
//!
//! Invariant: never used to choose behaviour; an alias may hide anything.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericArgument, PathArguments, Type, TypeParamBound};

/// The type without parentheses and invisible groups.
pub(crate) fn peeled(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peeled(&group.elem),
        Type::Paren(paren) => peeled(&paren.elem),
        other => other,
    }
}

/// The type as a person writes it: without the spaces between tokens.
pub(crate) fn source(ty: &impl ToTokens) -> String {
    let mut text = String::new();
    write(ty.to_token_stream(), &mut text);
    text
}

fn write(tokens: TokenStream, text: &mut String) {
    for tree in tokens {
        match tree {
            TokenTree::Group(group) => {
                let written = TokenTree::Group(group.clone()).to_string();
                let (open, close) = (written.chars().next(), written.chars().last());
                text.extend(open.filter(|c| "([{".contains(*c)));
                write(group.stream(), text);
                text.extend(close.filter(|c| ")]}".contains(*c)));
            }
            TokenTree::Punct(punct) => match punct.as_char() {
                ',' => text.push_str(", "),
                '=' if text.ends_with('.') => text.push('='),
                c @ ('+' | '=') => text.extend([' ', c, ' ']),
                ';' => text.push_str("; "),
                c => text.push(c),
            },
            other => {
                if text.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                    text.push(' ');
                }
                text.push_str(&other.to_string());
            }
        }
    }
}

/// The lifetime, or `&`, that makes a type borrow; `'static` borrows nothing.
pub(crate) fn borrows(ty: &impl ToTokens) -> Option<String> {
    let mut trees = ty.to_token_stream().into_iter().peekable();
    let mut reference = None;
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Punct(punct) if punct.as_char() == '&' => reference = Some("&".to_owned()),
            TokenTree::Punct(punct) if punct.as_char() == '\'' => match trees.next() {
                Some(TokenTree::Ident(name)) if name == "static" => reference = None,
                Some(name) => return Some(format!("'{name}")),
                None => {}
            },
            TokenTree::Group(group) => reference = reference.or_else(|| borrows(&group.stream())),
            _ => {}
        }
    }
    reference
}

/// An owned type to write instead of one that borrows or has no name.
pub(crate) fn owned(ty: &Type) -> Option<String> {
    match peeled(ty) {
        Type::Reference(reference) => {
            owned(&reference.elem).or_else(|| Some(source(&reference.elem)))
        }
        Type::Slice(slice) => Some(format!("Vec<{}>", source(&slice.elem))),
        Type::ImplTrait(opaque) => opaque.bounds.iter().find_map(concrete),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            match last.ident.to_string().as_str() {
                "str" => Some("String".to_owned()),
                "Path" => Some("PathBuf".to_owned()),
                "Cow" => first_type(&last.arguments)
                    .and_then(|inner| owned(inner).or_else(|| Some(source(inner)))),
                _ => None,
            }
        }
        _ => None,
    }
}

/// `Into<String>` stands for `String`, `ToString` too.
fn concrete(bound: &TypeParamBound) -> Option<String> {
    let TypeParamBound::Trait(bound) = bound else {
        return None;
    };
    let last = bound.path.segments.last()?;
    match last.ident.to_string().as_str() {
        "Into" | "AsRef" | "Borrow" | "Deref" => {
            first_type(&last.arguments).map(|inner| owned(inner).unwrap_or_else(|| source(inner)))
        }
        "ToString" | "Display" => Some("String".to_owned()),
        "IntoIterator" | "Iterator" => Some("Vec<..>".to_owned()),
        _ => None,
    }
}

/// The first type among the generic arguments of a path.
pub(crate) fn first_argument(ty: &Type) -> Option<&Type> {
    match peeled(ty) {
        Type::Path(path) => first_type(&path.path.segments.last()?.arguments),
        _ => None,
    }
}

/// The type behind the reference in a type such as `Option<&T>`.
pub(crate) fn borrowed(ty: &Type) -> Option<String> {
    match peeled(first_argument(ty)?) {
        Type::Reference(reference) => Some(source(&reference.elem)),
        _ => None,
    }
}

fn first_type(arguments: &PathArguments) -> Option<&Type> {
    let PathArguments::AngleBracketed(list) = arguments else {
        return None;
    };
    list.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// Reports whether the tokens are the name of a primitive number, or of `bool` or `char`.
pub(crate) fn is_primitive(ty: &Type) -> bool {
    const NAMES: [&str; 16] = [
        "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16",
        "u32", "u64", "u128", "usize",
    ];
    is_one_of(ty, &NAMES)
}

/// Reports whether the tokens are the name of a primitive number without a sign.
pub(crate) fn is_unsigned(ty: &Type) -> bool {
    const NAMES: [&str; 6] = ["u8", "u16", "u32", "u64", "u128", "usize"];
    is_one_of(ty, &NAMES)
}

fn is_one_of(ty: &Type, names: &[&str]) -> bool {
    matches!(peeled(ty), Type::Path(path) if names.iter().any(|name| path.path.is_ident(name)))
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn types_are_printed_as_written() {
        let of = |ty: Type| source(&ty);
        assert_eq!(
            of(parse_quote!(&mut Vec<Option<u8>>)),
            "&mut Vec<Option<u8>>"
        );
        assert_eq!(
            of(parse_quote!(impl Into<String> + Send)),
            "impl Into<String> + Send"
        );
        assert_eq!(
            of(parse_quote!(HashMap<String, [u8; 4]>)),
            "HashMap<String, [u8; 4]>"
        );
        assert_eq!(of(parse_quote!(&'a dyn Db)), "&'a dyn Db");
        assert_eq!(source(&quote::quote!(1..=-2)), "1..=-2");
    }

    #[test]
    fn a_lifetime_borrows_unless_it_is_static() {
        let of = |ty: Type| borrows(&ty);
        assert_eq!(of(parse_quote!(Cow<'a, str>)).as_deref(), Some("'a"));
        assert_eq!(of(parse_quote!(Option<&str>)).as_deref(), Some("&"));
        assert_eq!(of(parse_quote!(Cow<'static, str>)), None);
        assert_eq!(of(parse_quote!(Vec<String>)), None);
    }

    #[test]
    fn an_owned_type_is_suggested() {
        let of = |ty: Type| owned(&ty);
        assert_eq!(
            of(parse_quote!(impl Into<String>)).as_deref(),
            Some("String")
        );
        assert_eq!(of(parse_quote!(impl AsRef<str>)).as_deref(), Some("String"));
        assert_eq!(of(parse_quote!(Cow<'a, str>)).as_deref(), Some("String"));
        assert_eq!(of(parse_quote!(&[u8])).as_deref(), Some("Vec<u8>"));
        assert_eq!(of(parse_quote!(impl Service)), None);
    }
}
