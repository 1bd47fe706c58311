//! The attribute macros of `mcp-runtime`, which re-exports and documents them.
//!
//! Stages are columns: `syntax` (items as written) → `args` (keys) → `lower` (rules) → `ir` (legal declarations) →
//! `codegen`. Primitives are rows: a resource has a file of its own in each stage. `expand` is the driver, `diag` has
//! the diagnostics.

mod args;
mod codegen;
mod diag;
mod expand;
mod ir;
mod kind;
mod kit;
#[cfg(test)]
mod layering;
mod lower;
#[cfg(test)]
#[path = "../../tests/surface/mod.rs"]
mod surface;
mod syntax;

use kind::Kind;
use proc_macro::TokenStream;

/// Declares a function as a tool. See `mcp_runtime::tool`.
#[proc_macro_attribute]
pub fn tool(attributes: TokenStream, item: TokenStream) -> TokenStream {
    expand::declaration(Kind::Tool, listed(attributes).into(), &item.into()).into()
}

/// Declares a function as a resource. See `mcp_runtime::resource`.
#[proc_macro_attribute]
pub fn resource(attributes: TokenStream, item: TokenStream) -> TokenStream {
    expand::declaration(Kind::Resource, listed(attributes).into(), &item.into()).into()
}

/// Declares a function as a prompt. See `mcp_runtime::prompt`.
#[proc_macro_attribute]
pub fn prompt(attributes: TokenStream, item: TokenStream) -> TokenStream {
    expand::declaration(Kind::Prompt, listed(attributes).into(), &item.into()).into()
}

/// The tokens between the parentheses of an attribute; empty for `#[tool = ".."]`, which rustc reports itself.
fn listed(attributes: TokenStream) -> TokenStream {
    let written = proc_macro::Span::call_site().source_text();
    let pair = written.as_deref().and_then(|text| text.split_once('='));
    let is_pair = pair.is_some_and(|(path, _)| path.starts_with("#[") && !path.contains('('));
    if is_pair {
        TokenStream::new()
    } else {
        attributes
    }
}

/// Declares an `impl` block as a server. See `mcp_runtime::server`.
#[proc_macro_attribute]
pub fn server(attributes: TokenStream, item: TokenStream) -> TokenStream {
    expand::server(attributes.into(), &item.into()).into()
}

/// Derives the traits that arguments and results need. See `mcp_runtime::model`.
#[proc_macro_attribute]
pub fn model(attributes: TokenStream, item: TokenStream) -> TokenStream {
    let checks_rules = cfg!(feature = "validator");
    expand::model(attributes.into(), &item.into(), checks_rules).into()
}

/// Makes a struct, and the type of each of its fields, injectable. See `mcp_runtime::State`.
#[proc_macro_derive(State, attributes(state))]
pub fn state(item: TokenStream) -> TokenStream {
    expand::state(item.into()).into()
}

/// Makes a struct a form, or an enum a choice. See `mcp_runtime::Elicit`.
#[proc_macro_derive(Elicit, attributes(elicit))]
pub fn elicit(item: TokenStream) -> TokenStream {
    expand::elicit(item.into()).into()
}

/// A list of tools for `Server::tools`. See `mcp_runtime::tools`.
#[proc_macro]
pub fn tools(tokens: TokenStream) -> TokenStream {
    expand::list(Kind::Tool, tokens.into()).into()
}

/// A list of resources for `Server::resources`. See `mcp_runtime::resources`.
#[proc_macro]
pub fn resources(tokens: TokenStream) -> TokenStream {
    expand::list(Kind::Resource, tokens.into()).into()
}

/// A list of prompts for `Server::prompts`. See `mcp_runtime::prompts`.
#[proc_macro]
pub fn prompts(tokens: TokenStream) -> TokenStream {
    expand::list(Kind::Prompt, tokens.into()).into()
}

/// Makes a test of a server, once in each revision. See `mcp_testkit::test`.
#[proc_macro_attribute]
pub fn kit_test(attributes: TokenStream, item: TokenStream) -> TokenStream {
    kit::test(attributes.into(), item.into()).into()
}

/// Declares the server that a module's tests call. See `mcp_testkit::server`.
#[proc_macro_attribute]
pub fn kit_server(attributes: TokenStream, item: TokenStream) -> TokenStream {
    kit::server(&attributes.into(), item.into()).into()
}
