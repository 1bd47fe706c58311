//! The keys of a declared function as a chain of builder calls.

mod policy;
mod resource;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::first_span;
use crate::ir::argument::Parameter;
use crate::ir::declaration::{Body, Declaration, KindSpec, Mode, TaskSupport, Tool};

/// `Spec::tool("name", "description")..`; its rules may use `state`, if it is known.
pub(crate) fn spec(
    declaration: &Declaration,
    body: &Body,
    state: Option<&TokenStream>,
) -> TokenStream {
    let (name, description) = (&declaration.name, &body.description);
    let start = match &body.own {
        KindSpec::Tool(_) => quote!(tool(#name, #description)),
        KindSpec::Resource(resource) => {
            let uri = &resource.uri;
            quote!(resource(#name, #description, #uri))
        }
        KindSpec::Prompt => quote!(prompt(#name, #description)),
    };
    let title = body.title.as_ref().map(|title| quote!(.title(#title)));
    let icon = body.icon.as_ref().map(|icon| quote!(.icon(#icon)));
    let own = match &body.own {
        KindSpec::Tool(tool) => hints(tool),
        KindSpec::Resource(resource) => resource::about(resource),
        KindSpec::Prompt => TokenStream::new(),
    };
    let (keys, values): (Vec<_>, Vec<_>) =
        body.meta.iter().map(|(key, value)| (key, value)).unzip();
    let meta = quote!(#(.meta(#keys, #values))*);
    let policies = policy::policies(&body.policies, state);
    let mode = match body.mode {
        Mode::Blocking => quote!(.blocking()),
        Mode::Sync => quote!(.sync()),
        Mode::Async => TokenStream::new(),
    };
    let elicits = elicited(&body.parameters).map(|argument| quote!(.elicits(#argument)));
    quote! {
        __mcp::Spec::#start #title #icon #meta #own #policies #mode #elicits
    }
}

/// The name of the first argument that is elicited.
fn elicited(parameters: &[Parameter]) -> Option<String> {
    parameters.iter().find_map(|parameter| match parameter {
        Parameter::Argument(argument) if argument.elicit.is_some() => Some(argument.name.clone()),
        _ => None,
    })
}

fn hints(tool: &Tool) -> TokenStream {
    let read_only = tool.read_only.map(|read_only| {
        if read_only {
            quote!(.read_only())
        } else {
            quote!(.not_read_only())
        }
    });
    let idempotent = tool.idempotent.map(|idempotent| {
        if idempotent {
            quote!(.idempotent())
        } else {
            quote!(.not_idempotent())
        }
    });
    let destructive = tool
        .destructive
        .map(|destructive| quote!(.destructive(#destructive)));
    let open_world = tool
        .open_world
        .map(|open_world| quote!(.open_world(#open_world)));
    let ui = tool.ui.as_ref().map(|uri| quote!(.ui(#uri)));
    let viewers = &tool.visible_to;
    let visible_to = (!viewers.is_empty()).then(|| quote!(.visible_to(&[#(#viewers),*])));
    let task = tool.task.map(|support| match support {
        TaskSupport::Optional => quote!(.task(__mcp::TaskSupport::Optional)),
        TaskSupport::Required => quote!(.task(__mcp::TaskSupport::Required)),
    });
    let schema = tool.schema.as_ref().map(|path| {
        let at = first_span(path, Span::call_site());
        quote_spanned!(at.resolved_at(Span::mixed_site())=> .schema(#path))
    });
    quote!(#read_only #idempotent #destructive #open_world #ui #visible_to #task #schema)
}
