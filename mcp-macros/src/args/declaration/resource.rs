//! The keys of `#[resource("uri", ..)]`, and the URI in front of them.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{Expr, ExprPath, Lit, LitStr};

use super::common::Declaration;
use crate::args::policy;
use crate::args::table::form::Form;
use crate::args::table::setting::Set;
use crate::args::table::{Row, Table, check};
use crate::args::value::size::Bytes;
use crate::diag::{Errors, err};
use crate::syntax::item::is_punct;

/// The URI, and the values of the keys that only a resource has.
#[derive(Debug, Default)]
pub(crate) struct Resource {
    pub(crate) uri: Option<LitStr>,
    pub(crate) mime_type: Option<Set<String>>,
    pub(crate) size: Option<Set<Bytes>>,
    pub(crate) audience: Option<Set<Vec<LitStr>>>,
    pub(crate) priority: Option<Set<Expr>>,
    pub(crate) last_modified: Option<Set<String>>,
    pub(crate) list: Option<Set<ExprPath>>,
}

pub(crate) static KEYS: Table<Declaration<Resource>> = Table {
    attribute: "#[resource]",
    rows: &[
        Declaration::NAMES,
        &[
            Row::new(
                "mime_type",
                Form::Text,
                "\"application/json\"",
                |it, setting, errors| {
                    it.own.mime_type = setting.read(errors);
                },
            ),
            Row::new("size", Form::Size, "\"64KiB\"", |it, setting, errors| {
                it.own.size = setting.read(errors);
            }),
            Row::new(
                "audience",
                Form::Texts,
                "\"user\"",
                |it, setting, errors| {
                    it.own.audience = setting.texts(errors);
                },
            ),
            Row::new("priority", Form::Number, "0.8", |it, setting, _| {
                it.own.priority = setting.expression();
            }),
            Row::new(
                "last_modified",
                Form::Text,
                "\"2026-01-31T12:00:00Z\"",
                |it, setting, errors| {
                    it.own.last_modified = setting.read(errors);
                },
            ),
            Row::new("list", Form::Path, "Self::cached", |it, setting, errors| {
                it.own.list = setting.read(errors);
            }),
        ],
        policy::Rows::ALL,
        Declaration::RUNNING,
    ],
    expected: &[
        (
            "uri",
            "the URI comes first, without a key: `#[resource(\"docs://readme\")]`",
        ),
        (
            "template",
            "the URI template comes first, without a key: `#[resource(\"docs://{page}\")]`",
        ),
        (
            "uri_template",
            "the URI template comes first, without a key: `#[resource(\"docs://{page}\")]`",
        ),
        (
            "uriTemplate",
            "the URI template comes first, without a key: `#[resource(\"docs://{page}\")]`",
        ),
        (
            "mimeType",
            "the MCP field `mimeType` is written `mime_type` here",
        ),
        ("mime", "did you mean `mime_type`?"),
        ("content_type", "did you mean `mime_type`?"),
        (
            "lastModified",
            "the MCP field `lastModified` is written `last_modified` here",
        ),
        ("modified", "did you mean `last_modified`?"),
        (
            "annotations",
            "write the annotations as keys: `audience`, `priority`, `last_modified`",
        ),
        ("read_only", "a resource only reads: remove it"),
        ("readOnlyHint", "a resource only reads: remove it"),
        ("idempotent", "a resource only reads: remove it"),
        (
            "destructive",
            "a resource only reads: what destroys is a `#[tool]`",
        ),
        (
            "open_world",
            "only a `#[tool]` has this annotation: remove it",
        ),
        (
            "schema",
            "the variables of the URI template are text: `#[arg(..)]` on a parameter has rules for it",
        ),
        (
            "output",
            "the return type says what the contents are: text, bytes, `Json<T>` or `Resource`",
        ),
        (
            "complete",
            "write `#[arg(complete = path)]` on the parameter",
        ),
        ("icons", "did you mean `icon`?"),
        ("_meta", "did you mean `meta`?"),
        (
            "tags",
            "write them into `meta(..)` under the key that your client reads",
        ),
        ("desc", "did you mean `description`?"),
        ("async", "write `async fn`"),
        ("permissions", "did you mean `scopes`?"),
        ("hidden", "`visible_if = path` says who sees the resource"),
    ],
};

/// Reads the URI in front, and returns the tokens after it.
pub(super) fn uri(tokens: TokenStream, errors: &mut Errors) -> (Option<LitStr>, TokenStream) {
    let mut trees = tokens.into_iter().peekable();
    let Some(first) = trees.next_if(is_literal) else {
        let (trees, found) = without_computed_uri(trees.collect());
        let Some(found) = found else {
            return (None, without_late_uri(trees, errors));
        };
        errors.push(computed_uri(&found));
        return (None, trees.into_iter().collect());
    };
    let first: TokenStream = [first].into_iter().collect();
    let uri = match syn::parse2::<Lit>(first.clone()).ok() {
        Some(Lit::Str(uri)) => Some(uri),
        other => {
            let found = other.as_ref().map_or("a literal", check::literal_kind);
            let error = err!(first, "the URI of a resource is a string, found {found}");
            errors.push(error.help("write for example `#[resource(\"docs://readme\")]`"));
            None
        }
    };
    if trees.next_if(|tree| is_punct(tree, ',')).is_none()
        && let Some(next) = trees.peek()
    {
        errors.push(err!(next, "expected `,` before `{next}`").help("add a comma after the URI"));
    }
    (uri, trees.collect())
}

/// Separates the keys and an expression in place of the URI.
fn without_computed_uri(trees: Vec<TokenTree>) -> (Vec<TokenTree>, Option<TokenStream>) {
    let end = trees.iter().position(|tree| is_punct(tree, ','));
    let (first, rest) = trees.split_at(end.unwrap_or(trees.len()));
    let is_key = match first {
        [TokenTree::Ident(name)] => KEYS.keys().any(|key| name == key.name) || is_lower(name),
        [_, next, ..] => is_punct(next, '=') || matches!(next, TokenTree::Group(_)),
        _ => true,
    };
    let first: TokenStream = first.iter().cloned().collect();
    if is_key || syn::parse2::<Expr>(first.clone()).is_err() {
        return (trees, None);
    }
    (rest.iter().skip(1).cloned().collect(), Some(first))
}

fn is_lower(name: &proc_macro2::Ident) -> bool {
    name.to_string().chars().any(|c| c.is_ascii_lowercase())
}

fn computed_uri(found: &TokenStream) -> crate::diag::Diagnostic {
    let kind =
        syn::parse2::<Expr>(found.clone()).map_or("an expression", |expr| check::kind(&expr));
    err!(found, "the URI of a resource is a string literal, found {kind}").help(
        "write the URI out, as in `#[resource(\"docs://readme\")]`: its variables are checked when the program is compiled; `DynamicResource` takes a URI made at run time",
    )
}

/// The keys without a URI after them, which is reported.
fn without_late_uri(trees: Vec<TokenTree>, errors: &mut Errors) -> TokenStream {
    let is_comma = |tree: Option<&TokenTree>| tree.is_none_or(|tree| is_punct(tree, ','));
    let is_late = |(at, tree): (usize, &TokenTree)| {
        is_literal(tree) && at > 0 && is_comma(trees.get(at - 1)) && is_comma(trees.get(at + 1))
    };
    let late = trees.iter().enumerate().position(is_late);
    if let Some(uri) = late.and_then(|late| trees.get(late)) {
        let error = err!(uri, "the URI of a resource comes before the keys");
        errors.push(error.help(format!("write `#[resource({uri}, ..)]`")));
    }
    let is_kept = |at: usize| late.is_none_or(|late| at != late && at != late + 1);
    trees
        .into_iter()
        .enumerate()
        .filter(|(at, _)| is_kept(*at))
        .map(|(_, tree)| tree)
        .collect()
}

/// A literal, possibly in the invisible group that `macro_rules!` puts around a `$uri:literal`.
fn is_literal(tree: &TokenTree) -> bool {
    match tree {
        TokenTree::Literal(_) => true,
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            let inside: Vec<TokenTree> = group.stream().into_iter().collect();
            matches!(&inside[..], [only] if is_literal(only))
        }
        _ => false,
    }
}
