//! The keys that only a resource has, as a chain of builder calls.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ir::resource::{Resource, Role};

pub(crate) fn about(resource: &Resource) -> TokenStream {
    let mime_type = resource
        .mime_type
        .as_ref()
        .map(|mime_type| quote!(.mime_type(#mime_type)));
    let size = resource.size.map(|size| quote!(.size(#size)));
    let roles = resource.audience.iter().copied().map(role);
    let audience = (!resource.audience.is_empty()).then(|| quote!(.audience(&[#(#roles),*])));
    let priority = resource
        .priority
        .map(|priority| quote!(.priority(#priority)));
    let last_modified = resource
        .last_modified
        .as_ref()
        .map(|moment| quote!(.last_modified(#moment)));
    quote!(#mime_type #size #audience #priority #last_modified)
}

fn role(role: Role) -> TokenStream {
    match role {
        Role::User => quote!(__mcp::Role::User),
        Role::Assistant => quote!(__mcp::Role::Assistant),
    }
}
