//! A struct or enum with the derives that arguments and results need, by way of the runtime.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Path;

/// The derives that come before the item, and the attributes that tell them where their crates are.
pub(crate) fn derives(input: bool, output: bool, rt: &Path) -> TokenStream {
    let root = rt.to_token_stream().to_string().replace(' ', "");
    let (serde, schemars) = (format!("{root}::__private::serde"), format!("{root}::__private::schemars"));
    let read = input.then(|| quote!(#rt::__private::serde::Deserialize,));
    let write = output.then(|| quote!(#rt::__private::serde::Serialize,));
    quote! {
        #[derive(#read #write #rt::__private::schemars::JsonSchema)]
        #[serde(crate = #serde)]
        #[schemars(crate = #schemars)]
    }
}
