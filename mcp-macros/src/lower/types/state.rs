//! One `#[derive(State)]`.

use quote::ToTokens;
use syn::{
    Attribute, Data, DeriveInput, Field, Fields, GenericParam, Generics, Index, Member, Path, Type,
};

use crate::args::types::state as args;
use crate::diag::{Diagnostic, Errors, err};
use crate::ir::types::state::{self, State};
use crate::lower::runtime;
use crate::lower::value::ty;
use crate::syntax::attribute;

const STATE: &str = "state";

/// Lowers a struct to a state.
pub(crate) fn lower(input: &DeriveInput, errors: &mut Errors) -> State {
    State {
        runtime: runtime(input, errors),
        ident: input.ident.clone(),
        generics: input.generics.clone(),
        fields: errors
            .handle(fields(input))
            .map(|fields| provided(fields, input, errors))
            .unwrap_or_default(),
    }
}

/// The path in the last `#[state(crate = ..)]`.
fn runtime(input: &DeriveInput, errors: &mut Errors) -> Path {
    let given = ours(&input.attrs)
        .filter_map(|attribute| {
            let tokens = attribute::arguments(attribute);
            args::CONTAINER.read(tokens, errors).runtime
        })
        .last();
    runtime::path(given.as_ref())
}

fn ours(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute::is(attribute, STATE))
}

fn fields(input: &DeriveInput) -> Result<&Fields, Diagnostic> {
    match &input.data {
        Data::Struct(data) => Ok(&data.fields),
        Data::Enum(data) => Err(not_a_struct(&data.enum_token, "an enum")),
        Data::Union(data) => Err(not_a_struct(&data.union_token, "a union")),
    }
}

fn not_a_struct(at: &impl ToTokens, found: &str) -> Diagnostic {
    err!(at, "`State` is derived for a struct, found {found}")
        .help("the state provides the types of its fields: put it into a struct")
}

fn provided(fields: &Fields, input: &DeriveInput, errors: &mut Errors) -> Vec<state::Field> {
    let mut provided: Vec<state::Field> = Vec::new();
    for (at, field) in fields.iter().enumerate() {
        if skips(field, errors) {
            continue;
        }
        let earlier = provided
            .iter()
            .find(|other| ty::source(&other.ty) == ty::source(&field.ty));
        if let Some(earlier) = earlier {
            errors.push(same_type(earlier, field));
        } else if errors
            .handle(not_a_parameter(field, &input.generics))
            .is_some()
        {
            provided.push(state::Field {
                member: member(at, field),
                ty: field.ty.clone(),
            });
        }
    }
    provided
}

fn skips(field: &Field, errors: &mut Errors) -> bool {
    let skips: Vec<bool> = ours(&field.attrs)
        .map(|attribute| {
            let tokens = attribute::arguments(attribute);
            args::FIELD.read(tokens, errors).skip.is_some()
        })
        .collect();
    skips.contains(&true)
}

fn member(at: usize, field: &Field) -> Member {
    match &field.ident {
        Some(ident) => Member::Named(ident.clone()),
        None => Member::Unnamed(Index::from(at)),
    }
}

fn same_type(earlier: &state::Field, field: &Field) -> Diagnostic {
    let written = ty::source(&field.ty);
    let first = earlier.member.to_token_stream();
    err!(
        field.ty,
        "two fields of the state have the type `{written}`: which one is injected?"
    )
    .help(format!(
        "put `#[state(skip)]` on this one or on `{first}`, or give one a type of its own"
    ))
}

/// Refuses a field of a generic type: `impl Inject<App<T>> for T` would be an implementation for every type.
fn not_a_parameter(field: &Field, generics: &Generics) -> Result<(), Diagnostic> {
    let Type::Path(path) = ty::peeled(&field.ty) else {
        return Ok(());
    };
    let is_parameter = generics.params.iter().any(|parameter| match parameter {
        GenericParam::Type(parameter) => path.path.is_ident(&parameter.ident),
        _ => false,
    });
    if is_parameter {
        let written = ty::source(&field.ty);
        return Err(err!(
            field.ty,
            "`{written}` can be any type, so it cannot be injected"
        )
        .help("put `#[state(skip)]` on the field; tools reach it through the state itself"));
    }
    Ok(())
}
