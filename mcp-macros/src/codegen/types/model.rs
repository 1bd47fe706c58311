//! A struct or enum with the derives for arguments and results, re-exported by the runtime.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{DeriveInput, Path};

use crate::ir::types::model::{Model, Rules};

/// The derives in front of the item, and the attributes with the paths of their crates.
///
/// A derive above the attribute is not visible here: rustc reports the path of the second one.
pub(crate) fn derives(model: Model, rt: &Path) -> TokenStream {
    let root = rt.to_token_stream().to_string().replace(' ', "");
    let (serde, schemars) = (
        format!("{root}::__private::serde"),
        format!("{root}::__private::schemars"),
    );
    let read = model
        .input
        .then(|| quote!(#rt::__private::derived_by_model_already::Deserialize,));
    let write = model
        .output
        .then(|| quote!(#rt::__private::derived_by_model_already::Serialize,));
    let rules = matches!(model.rules, Rules::Flat | Rules::Nested).then(|| {
        let validator = format!("{root}::__private::validator");
        quote!(#[derive(#rt::__private::validator::Validate)] #[validate(crate = #validator)])
    });
    let described = model
        .schema
        .then(|| quote!(#rt::__private::derived_by_model_already::JsonSchema));
    let schemars = model.schema.then(|| quote!(#[schemars(crate = #schemars)]));
    let is_derived = model.input || model.output || model.schema;
    let serde = is_derived.then(|| quote!(#[serde(crate = #serde)]));
    quote! {
        #[derive(#read #write #described)]
        #rules
        #serde
        #schemars
    }
}

/// The implementation that declares that the type has members.
pub(crate) fn structured(input: &DeriveInput, rt: &Path) -> TokenStream {
    let name = &input.ident;
    let (parameters, arguments, predicates) = input.generics.split_for_impl();
    quote!(impl #parameters #rt::__private::single::Structured for #name #arguments #predicates {})
}

/// The import after the item: the trait whose method the derive of nested rules calls without naming it.
pub(crate) fn imports(model: Model, rt: &Path) -> TokenStream {
    if model.rules != Rules::Nested {
        return TokenStream::new();
    }
    quote! {
        #[allow(unused_imports)]
        use #rt::__private::validator::Validate as _;
    }
}
