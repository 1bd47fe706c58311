//! The attributes of `mcp-testkit`: one test, once in each revision.
//!
//! Invariant: the test stays a function that takes a client; the code generated for it only calls it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ItemFn, ReturnType};

use crate::args::table::form::Form;
use crate::args::table::setting::Set;
use crate::args::table::{Row, Table};
use crate::diag::{Errors, err};
use crate::syntax::attribute;

/// The revisions, newest first, and their names in `Version`.
const REVISIONS: [(&str, &str); 5] = [
    ("2026-07-28", "V2026_07_28"),
    ("2025-11-25", "V2025_11_25"),
    ("2025-06-18", "V2025_06_18"),
    ("2025-03-26", "V2025_03_26"),
    ("2024-11-05", "V2024_11_05"),
];

const REVISION: &str =
    "write `eras = \"2025-11-25\"` for one revision, `eras = \"all\"` for each of them";

/// The values of `#[mcp_testkit::test(..)]`.
#[derive(Default)]
struct Keys {
    eras: Option<Set<String>>,
    server: Option<Set<Expr>>,
}

static KEYS: Table<Keys> = Table {
    attribute: "#[mcp_testkit::test]",
    rows: &[&[
        Row::new("eras", Form::Text, "\"all\"", |it, setting, errors| {
            it.eras = setting.read(errors);
        }),
        Row::new(
            "server",
            Form::Expression,
            "path::to::server",
            |it, setting, _| {
                it.server = setting.expression();
            },
        ),
    ]],
    expected: &[
        ("era", "did you mean `eras`?"),
        ("version", REVISION),
        ("revision", REVISION),
        ("protocol", REVISION),
    ],
};

/// Expands `#[mcp_testkit::test(attributes)] item`.
pub(crate) fn test(attributes: TokenStream, tokens: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let keys = KEYS.read(attributes, &mut errors);
    let Ok(function) = syn::parse2::<ItemFn>(tokens.clone()) else {
        // A body that does not parse yet: rustc reports the position itself.
        return tokens;
    };
    let mut function = function;
    check_other_tests(&mut function, &mut errors);
    // Another harness above this one has already changed the function.
    if errors.is_empty() {
        check(&function, &mut errors);
    }
    let tests: TokenStream = if errors.is_empty() {
        revisions(keys.eras.as_ref(), &mut errors)
            .iter()
            .map(|era| one(&function, &keys, era))
            .collect()
    } else {
        TokenStream::new()
    };
    let errors = errors.tokens();
    quote!(#[allow(dead_code)] #function #tests #errors)
}

fn check(function: &ItemFn, errors: &mut Errors) {
    let signature = &function.sig;
    if signature.asyncness.is_none() {
        let error = err!(signature.fn_token, "a test of a server is an `async fn`");
        errors.push(error.help(format!(
            "write `async fn {}(client: TestClient)`",
            signature.ident
        )));
    }
    if signature.inputs.len() != 1 {
        let error = err!(
            signature.ident,
            "a test of a server takes one parameter, the client"
        );
        errors.push(error.help(format!(
            "write `async fn {}(client: TestClient)`",
            signature.ident
        )));
    }
}

/// Refuses the attributes of other test harnesses, and removes them.
fn check_other_tests(function: &mut ItemFn, errors: &mut Errors) {
    let is_test = |attribute: &Attribute| {
        attribute::is(attribute, "test") || attribute::is(attribute, "rstest")
    };
    for other in function.attrs.extract_if(.., |it| is_test(it)) {
        let error = err!(
            other,
            "`{}` is a test by `#[mcp_testkit::test]` already",
            function.sig.ident
        );
        errors.push(error.help(
            "remove the other attribute: the test runs on a runtime of its own, in paused time",
        ));
    }
}

/// The revisions in `eras`; the current one if absent.
fn revisions(eras: Option<&Set<String>>, errors: &mut Errors) -> Vec<(&'static str, &'static str)> {
    let Some(eras) = eras else {
        return REVISIONS[..1].to_vec();
    };
    match eras.value.as_str() {
        "all" => REVISIONS.to_vec(),
        "modern" => REVISIONS[..1].to_vec(),
        "legacy" => REVISIONS[1..].to_vec(),
        one => {
            let found = REVISIONS.iter().find(|(revision, _)| *revision == one);
            if found.is_none() {
                let error = err!(eras.at, "unknown era \"{one}\"");
                errors.push(error.help(
                    "write \"all\", \"modern\", \"legacy\", or a revision such as \"2025-11-25\"",
                ));
            }
            found.copied().into_iter().collect()
        }
    }
}

fn one(function: &ItemFn, keys: &Keys, (revision, version): &(&str, &str)) -> TokenStream {
    let name = &function.sig.ident;
    let test = format_ident!(
        "{name}_in_{}",
        revision.replace('-', "_"),
        span = name.span()
    );
    let version = format_ident!("{version}");
    let server = match keys.server.as_ref().map(|set| &set.value) {
        None => of_the_module(name),
        Some(Expr::Path(path)) => {
            quote_spanned!(path.span()=> ::mcp_testkit::__private::tested(#path()))
        }
        Some(other) => quote_spanned!(other.span()=> ::mcp_testkit::__private::tested(#other)),
    };
    quote! {
        #[::core::prelude::v1::test]
        fn #test() {
            ::mcp_testkit::__private::run(async {
                let server = #server;
                let version = ::mcp_testkit::Version::#version;
                #name(::mcp_testkit::TestClient::with_version(server, version).await).await;
            });
        }
    }
}

/// The call of the function that `#[mcp_testkit::server]` makes.
///
/// In a module without one, the call resolves to the function of the outer block, whose type explains the error.
fn of_the_module(test: &Ident) -> TokenStream {
    let (server, span) = (hidden_server(test.span()), test.span());
    quote_spanned! {span=>
        {
            #[allow(dead_code, clippy::unused_async)]
            async fn #server() -> ::mcp_testkit::__private::NoServerInThisModule {
                ::mcp_testkit::__private::NoServerInThisModule
            }
            ::mcp_testkit::__private::tested({
                #[allow(unused_imports)]
                use self::*;
                #server().await
            })
        }
    }
}

/// The function that returns the server for the tests of a module; rustc shows its name when there are two.
fn hidden_server(span: Span) -> Ident {
    Ident::new(
        "one_server_for_the_tests_of_a_module_others_by_test_server_equals_path",
        span,
    )
}

/// Expands `#[mcp_testkit::server] item`.
pub(crate) fn server(attributes: &TokenStream, tokens: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    if !attributes.is_empty() {
        errors.push(err!(
            attributes,
            "`#[mcp_testkit::server]` takes no arguments"
        ));
    }
    let Ok(function) = syn::parse2::<ItemFn>(tokens.clone()) else {
        return tokens;
    };
    let (name, output) = (&function.sig.ident, &function.sig.output);
    if matches!(output, ReturnType::Default) || !function.sig.inputs.is_empty() {
        let error = err!(
            name,
            "`#[mcp_testkit::server]` goes on a function without parameters that returns a server"
        );
        errors.push(error.help(format!("write `fn {name}() -> Server`")));
    }
    let errors = errors.tokens();
    if !errors.is_empty() {
        return quote!(#function #errors);
    }
    let wait = function.sig.asyncness.map(|_| quote!(.await));
    let hidden = hidden_server(name.span().resolved_at(Span::call_site()));
    quote! {
        #function

        #[doc(hidden)]
        #[allow(dead_code, clippy::unused_async)]
        async fn #hidden() #output {
            #name() #wait
        }
    }
}
