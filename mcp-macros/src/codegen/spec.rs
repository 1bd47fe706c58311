//! The keys of a tool as a chain of builder calls.

use proc_macro2::TokenStream;
use quote::quote;

use super::policy;
use crate::ir::tool::{Body, Hints, Mode, Tool};

/// `Spec::tool("name", "description")..`
pub(crate) fn spec(tool: &Tool, body: &Body) -> TokenStream {
    let (name, description) = (&tool.name, &body.description);
    let title = body.title.as_ref().map(|title| quote!(.title(#title)));
    let icon = body.icon.as_ref().map(|icon| quote!(.icon(#icon)));
    let hints = hints(body.hints);
    let policies = policy::policies(&body.policies);
    let blocking = (body.mode == Mode::Blocking).then(|| quote!(.blocking()));
    let schema = body.schema.as_ref().map(|path| quote!(.schema(#path)));
    quote! {
        __mcp::Spec::tool(#name, #description) #title #icon #hints #policies #blocking #schema
    }
}

fn hints(hints: Hints) -> TokenStream {
    let read_only = hints.read_only.then(|| quote!(.read_only()));
    let idempotent = hints.idempotent.then(|| quote!(.idempotent()));
    let destructive = hints.destructive.map(|destructive| quote!(.destructive(#destructive)));
    let open_world = hints.open_world.map(|open_world| quote!(.open_world(#open_world)));
    quote!(#read_only #idempotent #destructive #open_world)
}
