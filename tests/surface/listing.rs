//! The public items of a crate, one line each: the items that users can name, with their signatures.

use std::collections::{BTreeSet, HashMap};

use quote::ToTokens;
use syn::{Fields, ImplItem, Item, ItemImpl, TraitItem, Type, Visibility};

use super::source::{Crate, Module, imports, is_hidden, is_test};

/// The lines of a crate's public interface, and the crates in its signatures.
pub(super) struct Listing {
    pub lines: Vec<String>,
    /// The crate, and the line that names it.
    pub foreign: BTreeSet<(String, String)>,
}

/// A public item: the module that defines it, and the path by which users name it.
struct Found<'a> {
    module: &'a Module,
    item: &'a Item,
    path: String,
}

impl Listing {
    pub(super) fn new(source: &Crate) -> Self {
        let mut listing = Self {
            lines: Vec::new(),
            foreign: BTreeSet::new(),
        };
        let mut found = Vec::new();
        listing.module(source, &[], "", &mut found);
        let traits = found
            .iter()
            .filter(|found| matches!(found.item, Item::Trait(_)));
        let names: BTreeSet<String> = traits.filter_map(|found| name(found.item)).collect();
        let impls = impls(source);
        found.sort_by(|a, b| a.path.cmp(&b.path));
        for found in &found {
            listing.item(found, &impls, &names);
        }
        listing
    }

    /// Finds the public items of the module at `path`, called `public` by users.
    fn module<'a>(
        &mut self,
        source: &'a Crate,
        path: &[String],
        public: &str,
        found: &mut Vec<Found<'a>>,
    ) {
        // An inline module contains documentation only.
        let Some(module) = source.0.get(path) else {
            return;
        };
        for item in &module.items {
            match item {
                Item::Mod(inner) if is_public(&inner.vis) && !is_hidden(&inner.attrs) => {
                    let name = inner.ident.to_string();
                    let path = [path, std::slice::from_ref(&name)].concat();
                    let public = format!("{public}{name}::");
                    self.lines
                        .push(format!("mod {}", public.trim_end_matches(':')));
                    self.module(source, &path, &public, found);
                }
                Item::Use(item) if is_public(&item.vis) && !is_hidden(&item.attrs) => {
                    for (name, to) in imports(&item.tree, path) {
                        match resolve(source, &to, path) {
                            Some((module, item)) => found.push(Found {
                                module,
                                item,
                                path: format!("{public}{name}"),
                            }),
                            None => self
                                .lines
                                .push(format!("use {}{public}{name}", crate_of(&to))),
                        }
                    }
                }
                item if visibility(item).is_some_and(is_public) => {
                    if let Some(name) = name(item) {
                        let path = format!("{public}{name}");
                        found.push(Found { module, item, path });
                    }
                }
                _ => {}
            }
        }
    }

    fn item(&mut self, found: &Found<'_>, impls: &Impls<'_>, names: &BTreeSet<String>) {
        let Found { module, item, path } = found;
        let name = name(item).unwrap_or_default();
        match item {
            Item::Struct(item) => {
                self.say(
                    module,
                    &format!("struct {path}{}", text(&item.generics)),
                    &[&item.generics],
                );
                if let Fields::Named(fields) = &item.fields {
                    let public = fields.named.iter().filter(|field| is_public(&field.vis));
                    for field in public {
                        let line = format!("  {}: {}", text(&field.ident), text(&field.ty));
                        self.say(module, &line, &[&field.ty]);
                    }
                } else if let Fields::Unnamed(fields) = &item.fields {
                    for (place, field) in fields.unnamed.iter().enumerate() {
                        if is_public(&field.vis) {
                            self.say(
                                module,
                                &format!("  {place}: {}", text(&field.ty)),
                                &[&field.ty],
                            );
                        }
                    }
                }
            }
            Item::Enum(item) => {
                let open = item
                    .attrs
                    .iter()
                    .any(|one| one.path().is_ident("non_exhaustive"));
                let open = if open { " ..open" } else { "" };
                self.lines.push(format!("enum {path}{open}"));
                for variant in &item.variants {
                    let line = format!("  {}{}", variant.ident, fields(&variant.fields));
                    let types = variant.fields.iter().map(|field| &field.ty);
                    self.say(module, &line, &types.collect::<Vec<_>>());
                }
            }
            Item::Trait(item) => {
                self.say(
                    module,
                    &format!("trait {path}{}", text(&item.generics)),
                    &[&item.generics],
                );
                for part in &item.items {
                    if let TraitItem::Fn(part) = part
                        && !is_hidden(&part.attrs)
                    {
                        self.say(module, &format!("  {}", text(&part.sig)), &[&part.sig]);
                    }
                }
            }
            Item::Type(item) => {
                self.say(
                    module,
                    &format!("type {path} = {}", text(&item.ty)),
                    &[&item.ty],
                );
            }
            Item::Const(item) => {
                self.say(
                    module,
                    &format!("const {path}: {}", text(&item.ty)),
                    &[&item.ty],
                );
            }
            Item::Fn(item) => {
                let signature = text(&item.sig);
                let signature = signature.replacen(&name, path, 1);
                self.say(module, &signature, &[&item.sig]);
            }
            _ => self.lines.push(format!("item {path}")),
        }
        for (module, block) in impls.get(&name).into_iter().flatten() {
            self.methods(module, block, names);
        }
    }

    /// The public functions and constants of an `impl`, or its public trait.
    fn methods(&mut self, module: &Module, block: &ItemImpl, names: &BTreeSet<String>) {
        if let Some((of, _)) = &block.trait_ {
            let segments = Some(&of.segments).filter(|segments| segments.len() == 1);
            let last = segments.and_then(|all| all.last());
            let last = last.map(|one| one.ident.to_string());
            if last.is_some_and(|name| names.contains(&name)) {
                let line = format!("  impl {} for {}", text(of), text(&block.self_ty));
                self.say(module, &line, &[&block.self_ty]);
            }
            return;
        }
        for part in &block.items {
            match part {
                ImplItem::Fn(part) if is_public(&part.vis) && !is_hidden(&part.attrs) => {
                    self.say(module, &format!("  {}", text(&part.sig)), &[&part.sig]);
                }
                ImplItem::Const(part) if is_public(&part.vis) && !is_hidden(&part.attrs) => {
                    let line = format!("  const {}: {}", part.ident, text(&part.ty));
                    self.say(module, &line, &[&part.ty]);
                }
                _ => {}
            }
        }
    }

    /// Adds a line, and records the crates in `named`.
    fn say<T: ToTokens>(&mut self, module: &Module, line: &str, named: &[T]) {
        let mut crates = Crates(Vec::new());
        for token in named.iter().flat_map(ToTokens::to_token_stream) {
            crates.token(token);
        }
        let imported = crates
            .0
            .iter()
            .filter_map(|name| module.imports.get(name)?.first());
        let imported: BTreeSet<_> = imported.collect();
        for name in FOREIGN {
            let is_written = line.contains(&format!("{name}::"));
            if is_written || imported.iter().any(|one| *one == name) {
                self.foreign
                    .insert((name.to_owned(), line.trim().to_owned()));
            }
        }
        self.lines.push(line.to_owned());
    }
}

/// The dependencies of the runtime whose types could appear.
const FOREIGN: [&str; 13] = [
    "bytes",
    "futures_util",
    "http",
    "http_body",
    "jsonschema",
    "prometheus_client",
    "regex",
    "smallvec",
    "tokio_util",
    "tower",
    "tracing",
    "validator",
    "clap",
];

/// The identifiers of a signature.
struct Crates(Vec<String>);

impl Crates {
    fn token(&mut self, token: proc_macro2::TokenTree) {
        match token {
            proc_macro2::TokenTree::Ident(ident) => self.0.push(ident.to_string()),
            proc_macro2::TokenTree::Group(group) => {
                group
                    .stream()
                    .into_iter()
                    .for_each(|token| self.token(token));
            }
            _ => {}
        }
    }
}

type Impls<'a> = HashMap<String, Vec<(&'a Module, &'a ItemImpl)>>;

/// Every `impl` outside of tests, by the name of its type, and of its trait.
fn impls(source: &Crate) -> Impls<'_> {
    let mut paths: Vec<_> = source.0.keys().collect();
    paths.sort();
    let mut found = Impls::new();
    for path in paths {
        let module = &source.0[path];
        for item in &module.items {
            let Item::Impl(block) = item else { continue };
            if is_test(&block.attrs) {
                continue;
            }
            let of = block
                .trait_
                .as_ref()
                .map(|(of, _)| &of.segments)
                .filter(|segments| segments.len() == 1)
                .and_then(|segments| segments.last());
            let keys = [
                type_name(&block.self_ty),
                of.map(|one| one.ident.to_string()),
            ];
            for key in keys.into_iter().flatten().collect::<BTreeSet<_>>() {
                found.entry(key).or_default().push((module, block));
            }
        }
    }
    found
}

fn type_name(of: &Type) -> Option<String> {
    match of {
        Type::Path(path) => path.path.segments.last().map(|one| one.ident.to_string()),
        _ => None,
    }
}

/// The definition of a path, through private modules and re-exports; `None` for an item of another crate.
fn resolve<'a>(
    source: &'a Crate,
    path: &[String],
    here: &[String],
) -> Option<(&'a Module, &'a Item)> {
    let path = match path.first().map(String::as_str) {
        Some("crate") => path[1..].to_vec(),
        _ => [here, path].concat(),
    };
    let (name_, module) = path.split_last()?;
    let module_ = source.0.get(module)?;
    let item = module_
        .items
        .iter()
        .find(|item| name(item).as_ref() == Some(name_) && visibility(item).is_some());
    if let Some(item) = item {
        return Some((module_, item));
    }
    // A name of another crate is not resolved.
    let to = module_.imports.get(name_).filter(|to| to.len() > 1)?;
    resolve(source, to, module)
}

fn crate_of(path: &[String]) -> &'static str {
    let is_macro = path.first().is_some_and(|first| first == "mcp_macros");
    if is_macro { "macro " } else { "crate " }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn visibility(item: &Item) -> Option<&Visibility> {
    Some(match item {
        Item::Struct(item) => &item.vis,
        Item::Enum(item) => &item.vis,
        Item::Trait(item) => &item.vis,
        Item::Type(item) => &item.vis,
        Item::Const(item) => &item.vis,
        Item::Fn(item) => &item.vis,
        _ => return None,
    })
}

fn name(item: &Item) -> Option<String> {
    Some(
        match item {
            Item::Struct(item) => &item.ident,
            Item::Enum(item) => &item.ident,
            Item::Trait(item) => &item.ident,
            Item::Type(item) => &item.ident,
            Item::Const(item) => &item.ident,
            Item::Fn(item) => &item.sig.ident,
            _ => return None,
        }
        .to_string(),
    )
}

/// The fields of a variant.
fn fields(fields: &Fields) -> String {
    let named = fields.iter().map(|field| match &field.ident {
        Some(name) => format!("{name}: {}", text(&field.ty)),
        None => text(&field.ty),
    });
    let named = named.collect::<Vec<_>>().join(", ");
    match fields {
        Fields::Unit => String::new(),
        Fields::Unnamed(_) => format!("({named})"),
        Fields::Named(_) => format!(" {{ {named} }}"),
    }
}

/// Tokens as text, with the spacing of rustfmt.
fn text(tokens: &impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    [
        (" :: ", "::"),
        (":: ", "::"),
        (" < ", "<"),
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ,", ","),
        (",)", ")"),
        (" ;", ";"),
        ("& ", "&"),
        ("? ", "?"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" :", ":"),
        ("[ ", "["),
        (" ]", "]"),
        ("->", " -> "),
        ("  ", " "),
    ]
    .iter()
    .fold(text, |text, (from, to)| text.replace(from, to))
}
