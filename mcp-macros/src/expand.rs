//! The driver: reads an item, lowers it, and emits the item, its declarations and its errors.
//!
//! Invariant: the item always comes first, with only our own attributes removed, so that a mistake in an attribute is
//! one error and the rest of the program still sees the item.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::DeriveInput;
use syn::spanned::Spanned;

use crate::diag::{Diagnostic, Errors, err};
use crate::ir::notice::Notice;
use crate::kind::Kind;
use crate::lower::declaration::reading::Reading;
use crate::lower::enclosing::Enclosing;
use crate::syntax::attribute::DECLARING;
use crate::syntax::block::Block;
use crate::syntax::clean;
use crate::syntax::function::Function;
use crate::syntax::item::Item;
use crate::syntax::own_name;
use crate::{args, codegen, lower};

/// Expands `#[tool(attributes)] item`, or the attribute of another kind.
pub(crate) fn declaration(
    kind: Kind,
    attributes: TokenStream,
    tokens: &TokenStream,
) -> TokenStream {
    let mut errors = Errors::default();
    let attribute = format!("#[{}]", kind.noun());
    let function = match read(tokens) {
        Ok(function) => function,
        Err(item) => {
            errors.push(misplaced(&attribute, "a function", &item));
            return finish(tokens, &TokenStream::new(), &errors);
        }
    };
    let item = clean::function(&function.item, &DECLARING);
    lower::declaration::marker::check_single(kind, &function, &attributes, &mut errors);
    let own_type = function.self_in_attributes(&attributes);
    let typed = lower::declaration::keys::function(kind.noun(), &attributes, &function);
    // The position of the attribute, whose own tokens rustc does not pass.
    let at = Ident::new(kind.noun(), Span::call_site()).into_token_stream();
    let keys = args::declaration::read(kind, at, attributes, &mut errors);
    let runtime = lower::runtime::path(keys.runtime.as_ref());
    let typed = codegen::keys::keys(&typed, &runtime);
    if function.mentions_self() {
        errors.push(on_a_method(&function, &attribute));
        return finish(&item, &typed, &errors);
    }
    // A value that ends after `Self::` has a separate error.
    if let (Some(at), true) = (own_type, errors.is_empty()) {
        let error = err!(at, "`Self` in a function outside of an `impl` block");
        errors.push(error.help("write the path of the function, as in `complete = product_names`"));
        return finish(&item, &typed, &errors);
    }
    let declaration = {
        let reading = Reading {
            kind,
            function: &function,
            keys: &keys,
            enclosing: Enclosing::default(),
        };
        lower::declaration::lower(&reading, &mut errors)
    };
    let generated = codegen::declaration::free(&declaration, &runtime);
    let unreadable = function
        .signature
        .is_none()
        .then(|| unreadable(&function.name, &attribute));
    finish(&item, &quote!(#generated #typed #unreadable), &errors)
}

/// The error about a method that no `#[server]` sees.
fn on_a_method(function: &Function, attribute: &str) -> Diagnostic {
    let error = err!(
        function.name,
        "`{attribute}` on a method needs `#[server]` on its `impl` block"
    );
    if function.has_body() {
        error.help("put `#[server]` above `impl`, or make the method a function outside of it")
    } else {
        error.help(format!(
            "a trait declares nothing to clients: write the `{attribute}` on a method of an `impl` block with `#[server]`, which calls the trait"
        ))
    }
}

/// Reads a function outside of a block, which gets a type of the same name.
fn read(tokens: &TokenStream) -> Result<Function, Item> {
    let item = Item::read(tokens.clone());
    match item.function_name() {
        Some(name) => {
            let tokens = own_name::through_crate(tokens.clone(), &name);
            Function::read(Item::read(tokens))
        }
        None => Err(item),
    }
}

/// The fallback for an item that rustc can parse and `syn` cannot.
fn unreadable(at: &impl Spanned, attribute: &str) -> TokenStream {
    codegen::notice::notice(&Notice::unreadable(at.span(), attribute))
}

/// Expands `#[server(attributes)] item`.
pub(crate) fn server(attributes: TokenStream, tokens: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let block = match Block::read(Item::read(tokens.clone())) {
        Ok(block) => block,
        Err(item) => {
            errors.push(misplaced("#[server]", "an `impl` block", &item));
            return finish(tokens, &TokenStream::new(), &errors);
        }
    };
    let typed = lower::declaration::keys::block(&attributes, &block);
    let keys = args::server::KEYS.read(attributes, &mut errors);
    let typed = codegen::keys::keys(&typed, &lower::runtime::path(keys.runtime.as_ref()));
    let server = lower::server::lower(&block, &keys, &mut errors);
    let generated = server
        .as_ref()
        .map(codegen::server::server)
        .unwrap_or_default();
    let unreadable = block
        .head
        .is_none()
        .then(|| unreadable(&block.keyword(), "#[server]"));
    finish(
        &block.cleaned(),
        &quote!(#generated #typed #unreadable),
        &errors,
    )
}

/// Expands `#[derive(State)] item`.
pub(crate) fn state(tokens: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(input) = errors.handle(syn::parse2::<DeriveInput>(tokens)) else {
        return errors.tokens();
    };
    let state = lower::types::state::lower(&input, &mut errors);
    finish(
        &TokenStream::new(),
        &codegen::types::state::state(&state),
        &errors,
    )
}

/// Expands `#[derive(Elicit)] item`.
pub(crate) fn elicit(tokens: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(input) = errors.handle(syn::parse2::<DeriveInput>(tokens)) else {
        return errors.tokens();
    };
    let elicit = lower::types::elicit::lower(&input, &mut errors);
    finish(
        &TokenStream::new(),
        &codegen::types::elicit::elicit(&elicit),
        &errors,
    )
}

/// Expands `#[model(attributes)] item`, for a runtime that checks the rules of `validator` or does not.
pub(crate) fn model(
    attributes: TokenStream,
    tokens: &TokenStream,
    checks_rules: bool,
) -> TokenStream {
    let mut errors = Errors::default();
    let typed = lower::declaration::keys::model(&attributes);
    let keys = args::types::model::KEYS.read(attributes, &mut errors);
    let item = Item::read(tokens.clone());
    let is_data = |tree: &TokenTree| matches!(tree, TokenTree::Ident(word) if word == "struct" || word == "enum");
    if !item.rest.iter().any(is_data) {
        errors.push(misplaced("#[model]", "a struct or an enum", &item));
        return finish(tokens, &TokenStream::new(), &errors);
    }
    let runtime = lower::runtime::path(keys.runtime.as_ref());
    let mut marker = TokenStream::new();
    if let Ok(input) = syn::parse2::<DeriveInput>(tokens.clone()) {
        lower::types::model::check(&keys, &input, &mut errors);
        if !checks_rules {
            lower::types::model::refuse_rules(&input, &mut errors);
        }
        if lower::types::model::has_members(&input) {
            marker = codegen::types::model::structured(&input, &runtime);
        }
    }
    let typed = codegen::keys::keys(&typed, &runtime);
    let model = lower::types::model::lower(&keys, &item, checks_rules);
    let derives = codegen::types::model::derives(model, &runtime);
    let imports = codegen::types::model::imports(model, &runtime);
    let cleaned = lower::types::model::cleaned(tokens.clone(), model);
    let ordered = codegen::types::order::in_order(&cleaned, &runtime);
    finish(
        &quote!(#derives #ordered),
        &quote!(#imports #marker #typed),
        &errors,
    )
}

/// Expands `tools![tokens]`, or the list of another kind.
pub(crate) fn list(kind: Kind, tokens: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let list = codegen::list::list(&lower::list::lower(kind, tokens, &mut errors));
    let errors = errors.tokens();
    if errors.is_empty() {
        list
    } else {
        quote!({ #errors #list })
    }
}

fn misplaced(attribute: &str, place: &str, item: &Item) -> Diagnostic {
    const KINDS: [&str; 11] = [
        "struct",
        "enum",
        "union",
        "trait",
        "mod",
        "type",
        "use",
        "static",
        "const",
        "macro_rules",
        "impl",
    ];
    let is_kind = |tree: &&TokenTree| matches!(tree, TokenTree::Ident(word) if KINDS.iter().any(|kind| word == kind));
    let keyword = item.rest.iter().find(is_kind).or_else(|| item.rest.first());
    let found = keyword
        .map(|keyword| format!(", found `{keyword}`"))
        .unwrap_or_default();
    let at: TokenStream = keyword.cloned().into_iter().collect();
    err!(at, "`{attribute}` goes on {place}{found}")
        .help(format!("put it on {place}, or remove it"))
}

fn finish(item: &TokenStream, generated: &TokenStream, errors: &Errors) -> TokenStream {
    let errors = errors.tokens();
    quote!(#item #generated #errors)
}

#[cfg(test)]
mod tests {
    use expect_test::{ExpectFile, expect_file};

    use super::*;

    #[expect(
        clippy::needless_pass_by_value,
        reason = "written as a value by the macro that makes it"
    )]
    fn check(expected: ExpectFile, expansion: TokenStream) {
        let text = match syn::parse2(expansion.clone()) {
            Ok(file) => prettyplease::unparse(&file),
            Err(error) => format!("{error}\n{expansion}"),
        };
        expected.assert_eq(&text);
    }

    #[test]
    fn a_tool() {
        let item = quote! {
            /// Search the catalogue.
            pub async fn search(
                db: &Db,
                cx: &Context,
                /// Full-text query.
                #[arg(length = 1..=200)] query: String,
                #[arg(default = 10, range = 1..=100)] limit: u32,
            ) -> Result<Json<Page>, ShopError> {
                db.search(query, limit).await
            }
        };
        let expansion = declaration(
            Kind::Tool,
            quote!(rate_limit = "10/min", timeout = "5s", read_only),
            &item,
        );
        check(expect_file!["../snapshots/tool.rs"], expansion);
    }

    #[test]
    fn a_blocking_tool() {
        let item = quote! {
            /// Reads a file.
            fn read(files: &Files, #[arg(custom = check)] path: String) -> String {
                files.read(path)
            }
        };
        let expansion = declaration(
            Kind::Tool,
            quote!(blocking, crate = crate::sdk, schema = path_schema),
            &item,
        );
        check(expect_file!["../snapshots/blocking.rs"], expansion);
    }

    #[test]
    fn a_resource() {
        let item = quote! {
            /// One item.
            async fn item(shop: &Shop, #[arg(complete = ids)] id: u64) -> Option<Json<Item>> {
                shop.item(id)
            }
        };
        let attributes = quote! {
            "shop://items/{id}", mime_type = "application/json", audience("user"), priority = 0.8, cache = "60s"
        };
        check(
            expect_file!["../snapshots/resource.rs"],
            declaration(Kind::Resource, attributes, &item),
        );
    }

    #[test]
    fn a_prompt() {
        let item = quote! {
            /// A sales pitch.
            fn pitch(
                /// What is sold.
                #[arg(length = 1..)] product: String,
            ) -> Prompt {
                Prompt::new().user(product)
            }
        };
        check(
            expect_file!["../snapshots/prompt.rs"],
            declaration(Kind::Prompt, quote!(title = "Pitch"), &item),
        );
    }

    #[test]
    fn a_tool_with_policies() {
        let item = quote! {
            /// Looks.
            async fn look() {}
        };
        let attributes = quote! {
            read_only, rate_limit(quota = "10/min", per = "ip", algorithm = "fixed_window"), timeout = "5s",
            concurrency(max = 4, queue = 16), cache(ttl = "30s", max_entries = 9, per = "all"),
            retry(max = 3, backoff = "50ms"), breaker(failures = 5, cooldown = "30s"), max_output = "64KiB",
            scopes("a", "b"), visible_if = staff::may_see, audit
        };
        check(
            expect_file!["../snapshots/policies.rs"],
            declaration(Kind::Tool, attributes, &item),
        );
    }

    /// The code generated for a function without keys and parameters, which every tool has.
    #[test]
    fn the_code_that_every_tool_has_is_small() {
        let item = quote! {
            /// Answers.
            async fn ping() {}
        };
        let expansion = declaration(Kind::Tool, TokenStream::new(), &item);
        let text = prettyplease::unparse(&syn::parse2(expansion).unwrap());
        let generated = text
            .lines()
            .skip_while(|line| !line.starts_with("///The tool"))
            .count();
        // One line says that there are no parameters.
        assert!(generated - 1 <= 25, "{generated} lines\n{text}");
    }

    #[test]
    fn a_tool_with_a_mistake() {
        let item = quote! {
            /// Searches.
            async fn search(query: String) -> String { query }
        };
        let expansion = declaration(Kind::Tool, quote!(ratelimit = "10/min"), &item);
        check(expect_file!["../snapshots/mistake.rs"], expansion);
    }

    #[test]
    fn a_server() {
        let item = quote! {
            /// The shop catalogue.
            impl Shop {
                /// Search the catalogue.
                #[cfg(feature = "search")]
                #[tool(read_only)]
                async fn search(&self, #[arg(default = Self::query())] query: String) -> String { query }
                /// One item.
                #[resource("shop://items/{id}")]
                async fn item(&self, id: u64) -> String { self.one(id) }
                /// All of them.
                #[resource("shop://items")]
                async fn items(&self) -> String { self.all() }
                /// A sales pitch.
                #[prompt]
                async fn pitch(&self, #[arg(complete = Self::products)] product: String) -> String { product }
                async fn products(&self, db: &Db, typed: String) -> Vec<String> { db.find(typed) }
                #[ready]
                async fn database(&self) -> Result<(), DbError> { self.db.ping().await }
                fn helper(&self) {}
            }
        };
        let expansion = server(quote!(defaults(timeout = "30s")), &item);
        check(expect_file!["../snapshots/server.rs"], expansion);
    }

    #[test]
    fn a_state() {
        let expansion = state(quote!(
            struct App {
                db: Db,
                #[state(skip)]
                name: String,
            }
        ));
        check(expect_file!["../snapshots/state.rs"], expansion);
    }

    #[test]
    fn a_form() {
        let expansion = elicit(quote!(
            struct Signup {
                /// What to call you.
                #[elicit(title = "Full name", length = 1..=80)]
                name: String,
                #[elicit(range = 18..150)]
                age: u8,
                #[elicit(default = Plan::Free)]
                r#plan: Plan,
            }
        ));
        check(expect_file!["../snapshots/form.rs"], expansion);
    }

    #[test]
    fn a_choice() {
        let expansion = elicit(quote!(
            enum Plan {
                #[elicit(title = "No charge", rename = "free")]
                Free,
                Paid,
            }
        ));
        check(expect_file!["../snapshots/choice.rs"], expansion);
    }

    #[test]
    fn a_list_of_tools() {
        let tokens = quote!(
            add,
            #[cfg(unix)]
            path::to::sub
        );
        let list = list(Kind::Tool, tokens);
        check(
            expect_file!["../snapshots/tools.rs"],
            quote!(const LIST: () = #list;),
        );
    }
}
