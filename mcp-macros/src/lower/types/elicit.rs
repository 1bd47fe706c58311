//! One `#[derive(Elicit)]`.

use proc_macro2::{Literal, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::spanned::Spanned as _;
use syn::{
    Attribute, Data, DataEnum, DeriveInput, Expr, ExprLit, ExprRange, Field, Fields, Ident, Lit,
    RangeLimits,
};

use crate::args::argument::Argument;
use crate::args::table::setting::Set;
use crate::args::types::elicit as args;
use crate::diag::{Diagnostic, Errors, err};
use crate::ir::argument::Rule;
use crate::ir::types::elicit::{self, Elicit, Shape, Variant};
use crate::kind::Kind;
use crate::lower::argument::{name_at, rules, value};
use crate::lower::enclosing::Enclosing;
use crate::lower::runtime;
use crate::lower::value::literal::{self, Number};
use crate::lower::value::name;
use crate::syntax::attribute::{self, ELICIT};
use crate::syntax::doc;

/// Lowers a type to a form or a choice.
pub(crate) fn lower(input: &DeriveInput, errors: &mut Errors) -> Elicit {
    let keys = args::CONTAINER.read(keys(&input.attrs, errors), errors);
    errors.handle(check_generics(input));
    let shape = shape(input, &keys, errors);
    Elicit {
        runtime: runtime::path(keys.runtime.as_ref()),
        ident: input.ident.clone(),
        generics: input.generics.clone(),
        is_choice: matches!(input.data, Data::Enum(_)),
        shape: shape.filter(|_| errors.is_empty()),
    }
}

/// The tokens inside the one `#[elicit(..)]`.
fn keys(attributes: &[Attribute], errors: &mut Errors) -> TokenStream {
    let mut ours = attributes
        .iter()
        .filter(|attribute| attribute::is(attribute, ELICIT));
    let Some(first) = ours.next() else {
        return TokenStream::new();
    };
    for second in ours {
        let error = err!(second, "there is an `#[elicit]` attribute here already");
        errors.push(error.help("put all settings into one `#[elicit(..)]`"));
    }
    attribute::arguments(first)
}

fn check_generics(input: &DeriveInput) -> Result<(), Diagnostic> {
    let generics = &input.generics;
    if generics.params.is_empty() {
        return Ok(());
    }
    Err(err!(
        generics,
        "a form is the same for every call: `{}` cannot be generic",
        input.ident
    )
    .help("write the types out"))
}

fn shape(input: &DeriveInput, keys: &args::Container, errors: &mut Errors) -> Option<Shape> {
    if let (Data::Struct(_), Some(set)) = (&input.data, &keys.enum_names) {
        errors.push(
            err!(set.name, "`enum_names` is about the variants of an enum").help("remove it"),
        );
    }
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Some(Shape::Form(form(fields.named.iter(), errors))),
            other => {
                errors.push(unnamed(input, other));
                None
            }
        },
        Data::Enum(data) => choice(input, data, keys, errors),
        Data::Union(data) => {
            let error = err!(
                data.union_token,
                "`Elicit` is derived for a struct or an enum, found a union"
            );
            errors.push(error.help("make it a struct"));
            None
        }
    }
}

fn unnamed(input: &DeriveInput, fields: &Fields) -> Diagnostic {
    let ident = &input.ident;
    let at = if fields.is_empty() {
        ident.to_token_stream()
    } else {
        fields.to_token_stream()
    };
    err!(
        at,
        "the fields of a form have names, and `{ident}` has none"
    )
    .help(format!("write `struct {ident} {{ answer: .. }}`"))
}

fn form<'f>(fields: impl Iterator<Item = &'f Field>, errors: &mut Errors) -> Vec<elicit::Field> {
    let mut read: Vec<elicit::Field> = Vec::new();
    for field in fields {
        let Some(ident) = &field.ident else { continue };
        let keys = args::FIELD.read(keys(&field.attrs, errors), errors);
        let at = name_at(&keys.argument, ident);
        let lowered = self::field(field, ident, keys, errors);
        errors.handle(check_name(
            &at,
            &lowered.name,
            read.iter().map(|other| other.name.as_str()),
        ));
        read.push(lowered);
    }
    read
}

fn field(field: &Field, ident: &Ident, keys: args::Field, errors: &mut Errors) -> elicit::Field {
    let value = value::Context {
        name: ident.unraw().to_string(),
        ty: &field.ty,
        keys: &keys.argument,
        enclosing: Enclosing::default(),
    };
    let default = value.default(errors);
    let argument = inclusive(keys.argument, errors);
    errors.handle(check_formats(
        &argument,
        keys.date.as_ref(),
        keys.date_time.as_ref(),
    ));
    let mut rules = rules::all(&argument, Enclosing::default(), errors);
    rules.extend(keys.date.map(|_| Rule::Date));
    rules.extend(keys.date_time.map(|_| Rule::DateTime));
    elicit::Field {
        ident: ident.clone(),
        name: name::argument(Kind::Tool, argument.rename.as_ref(), ident, errors),
        ty: field.ty.to_token_stream(),
        title: name::text(keys.title.as_ref(), errors),
        description: doc::text(&field.attrs),
        default,
        rules,
    }
}

/// Refuses a second field or variant with the same name.
fn check_name<'n>(
    at: &TokenStream,
    name: &str,
    mut earlier: impl Iterator<Item = &'n str>,
) -> Result<(), Diagnostic> {
    if earlier.any(|other| other == name) {
        return Err(
            err!(at, "\"{name}\" is the name of another one already").help("change the `rename`")
        );
    }
    Ok(())
}

/// Closes the range of a form, which has no exclusive bounds: `1..10` is `1..=9`.
fn inclusive(mut keys: Argument, errors: &mut Errors) -> Argument {
    let closed = keys.range.take().map(|set| errors.handle(closed(set)));
    keys.range = closed.flatten();
    keys
}

fn closed(mut set: Set<ExprRange>) -> Result<Set<ExprRange>, Diagnostic> {
    let (RangeLimits::HalfOpen(dots), Some(end)) = (&set.value.limits, &set.value.end) else {
        return Ok(set);
    };
    // An empty range has a separate error.
    if literal::is_empty(&set.value) {
        return Ok(set);
    }
    let Some(Number::Whole(last)) = literal::number(end) else {
        return Err(
            err!(set.at, "the last number of a form's range is part of it").help("write `..=`"),
        );
    };
    let mut last = Literal::i128_unsuffixed((last - 1).abs());
    last.set_span(end.span());
    let last = if matches!(literal::number(end), Some(Number::Whole(end)) if end < 1) {
        syn::parse_quote!(-#last)
    } else {
        Expr::Lit(ExprLit {
            attrs: Vec::new(),
            lit: Lit::new(last),
        })
    };
    set.value.limits = RangeLimits::Closed(syn::Token![..=](dots.spans[0]));
    set.value.end = Some(Box::new(last));
    Ok(set)
}

/// Refuses two formats for a text.
fn check_formats(
    keys: &Argument,
    date: Option<&Set<bool>>,
    date_time: Option<&Set<bool>>,
) -> Result<(), Diagnostic> {
    let mut formats = [keys.email.as_ref(), keys.url.as_ref(), date, date_time]
        .into_iter()
        .flatten();
    match (formats.next(), formats.next()) {
        (Some(first), Some(second)) => Err(err!(
            second.name,
            "`{}` contradicts `{}`",
            second.name,
            first.name
        )
        .help("a text has one format: remove one of them")),
        _ => Ok(()),
    }
}

fn choice(
    input: &DeriveInput,
    data: &DataEnum,
    keys: &args::Container,
    errors: &mut Errors,
) -> Option<Shape> {
    if data.variants.is_empty() {
        errors.push(
            err!(
                input.ident,
                "`{}` has no variants to choose from",
                input.ident
            )
            .help("add some"),
        );
        return None;
    }
    let mut variants: Vec<Variant> = Vec::new();
    for variant in &data.variants {
        let said = args::VARIANT.read(self::keys(&variant.attrs, errors), errors);
        errors.handle(check_empty(&variant.ident, &variant.fields));
        let at = said
            .rename
            .as_ref()
            .map_or_else(|| variant.ident.to_token_stream(), |set| set.at.clone());
        let own = variant.ident.unraw().to_string();
        let name = said.rename.map_or(own, |set| set.value);
        errors.handle(check_name(
            &at,
            &name,
            variants.iter().map(|other| other.name.as_str()),
        ));
        variants.push(Variant {
            ident: variant.ident.clone(),
            name,
            title: name::text(said.title.as_ref(), errors),
        });
    }
    Some(Shape::Choice {
        variants,
        enum_names: keys.enum_names.is_some(),
    })
}

fn check_empty(variant: &Ident, fields: &Fields) -> Result<(), Diagnostic> {
    if let Fields::Unit = fields {
        return Ok(());
    }
    Err(err!(
        fields,
        "the user chooses a name: the variant `{variant}` cannot hold anything"
    )
    .help(format!(
        "write `{variant}`, and ask for the rest in a field of its own"
    )))
}
