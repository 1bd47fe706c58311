//! Checks at compile time: types that fit, a state that threads can share, names that differ.
//!
//! Invariant: each check has the form that rustc reports once, underlining the author's own tokens.

use std::sync::Arc;

use schemars::JsonSchema;

use crate::handler::argument::arg::{Arg, Decode};
use crate::handler::call::completion::{Completes, Completion, CompletionFn};
use crate::handler::call::context::Context;
use crate::handler::call::inject::{Inject, State};
use crate::handler::call::listing::Listed;
use crate::handler::declaration::Callbacks;
use crate::handler::form::field::{Askable, Field};
use crate::handler::output::error::ToolError;
use crate::handler::output::prompt::IntoPrompt;
use crate::handler::output::resource::IntoContents;
use crate::handler::output::tool::{IntoToolResult, Returns};
use crate::protocol::ToolResult;
use crate::protocol::content::ResourceLink;
use crate::registry::overlap::is_ambiguous;

/// [`Arg::new`], such that rustc underlines the whole type in the function.
pub fn arg<T: Decode>(name: &'static str) -> Arg<T> {
    Arg::new(name)
}

/// [`Arg::new`], for an argument of a prompt.
pub fn text<T: Text>(name: &'static str) -> Arg<T> {
    Arg::new(name)
}

/// [`Arg::new`], for a variable of a URI template.
pub fn variable<T: Variable>(name: &'static str) -> Arg<T> {
    Arg::new(name)
}

/// A type that can be read from the text that a user gives a prompt.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a prompt argument: prompt arguments are text",
    label = "cannot be read from text",
    note = "use `String`, a number, a `bool`, an `Option` of these, or an enum without data with `#[mcp_runtime::model]`",
    note = "what the server gives (its state, a field of it, `Context`, `Principal`) is taken by reference: `&{Self}`"
)]
pub trait Text: Decode {}

#[diagnostic::do_not_recommend]
impl<T: Decode> Text for T {}

/// A type that can be read from a part of a URI.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a variable of a URI template: what is in a URI is text",
    label = "cannot be read from text",
    note = "use `String`, a number, a `bool`, an `Option` of these, or an enum without data with `#[mcp_runtime::model]`",
    note = "what the server gives (its state, a field of it, `Context`, `Principal`) is taken by reference: `&{Self}`"
)]
pub trait Variable: Decode {}

#[diagnostic::do_not_recommend]
impl<T: Decode> Variable for T {}

/// The return type of the function of `custom`.
#[diagnostic::on_unimplemented(
    message = "the function of `custom` returns `Result<(), E>`, with an error that implements `Display`, but this one returns `{Self}`",
    label = "returns `{Self}`",
    note = "write for example `fn check(value: &T) -> Result<(), String>`: the model reads the text of the error"
)]
pub trait Verdict {
    #[doc(hidden)]
    fn verdict(self) -> Result<(), String>;
}

impl<E: std::fmt::Display> Verdict for Result<(), E> {
    fn verdict(self) -> Result<(), String> {
        self.map_err(|error| error.to_string())
    }
}

/// The verdict of the function of `custom`.
pub fn verdict<V: Verdict>(given: V) -> Result<(), String> {
    given.verdict()
}

/// Returns a string as the default or example of an argument.
pub fn written<T: Written>(text: &'static str) -> T {
    T::written(text)
}

/// A type whose values can be written as strings in an attribute.
#[diagnostic::on_unimplemented(
    message = "the value of an argument of type `{Self}` is not written as a string",
    label = "no `{Self}`",
    note = "write a value of the type, such as a variant of an enum: `default = {Self}::Name`"
)]
pub trait Written {
    #[doc(hidden)]
    fn written(text: &'static str) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: From<&'static str>> Written for T {
    fn written(text: &'static str) -> Self {
        text.into()
    }
}

/// Returns the default of a type.
pub fn default_of<T: HasDefault>() -> T {
    T::default_value()
}

/// A type with a value for `default`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no default of its own",
    label = "does not implement `Default`",
    note = "write the value, as in `default = 10`; or derive `Default` for the type, in an enum with `#[default]` on a variant"
)]
pub trait HasDefault {
    #[doc(hidden)]
    fn default_value() -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Default> HasDefault for T {
    fn default_value() -> Self {
        T::default()
    }
}

/// Proves that a form can have a `T`, likewise.
pub fn askable<T: Field>() -> Askable<T> {
    Askable::PROVEN
}

/// [`Arg::field`], likewise.
pub fn field<T: Field>(name: &'static str) -> Arg<T> {
    Arg::field(name)
}

/// [`Returns::result`], likewise.
pub fn returns<T: IntoToolResult>() -> Returns<T> {
    Returns::result()
}

/// [`Returns::contents`], likewise.
pub fn contents<T: IntoContents>() -> Returns<T> {
    Returns::contents()
}

/// [`Returns::messages`], likewise.
pub fn messages<T: IntoPrompt>() -> Returns<T> {
    Returns::messages()
}

/// A return type whose structured content `output = ..` declares.
#[diagnostic::on_unimplemented(
    message = "`output = ..` needs a `ToolResult`, but this function returns `{Self}`",
    label = "no `ToolResult`",
    note = "return `ToolResult` or `Result<ToolResult, _>`; the output schema of `Json<T>` is made from `T`, without `output`"
)]
pub trait Undescribed {}

impl Undescribed for ToolResult {}

#[diagnostic::do_not_recommend]
impl<T: Undescribed, E> Undescribed for Result<T, E> {}

/// `returns`, of a function with `output`.
pub fn described<T: Undescribed, S: JsonSchema>(returns: Returns<T>) -> Returns<T> {
    returns.describe::<S>()
}

/// The return type of a function with `retry`: its error can be marked as retryable.
#[diagnostic::on_unimplemented(
    message = "`retry` never tries again what fails with `{Self}`: only a `ToolError` can be marked as retryable",
    label = "no `ToolError`",
    note = "return `Result<_, ToolError>`, and mark what another attempt may not meet with `.retryable()`; or remove `retry`"
)]
pub trait Retried {}

impl<T> Retried for Result<T, ToolError> {}

/// `returns`, of a function with `retry`.
pub fn retried<T: Retried>(returns: Returns<T>) -> Returns<T> {
    returns
}

/// Awaits the completions from a completion function, sync or async.
pub async fn completions<Time>(completed: impl Completes<Time>) -> Result<Vec<String>, ToolError> {
    completed.completed().await
}

/// Returns the value that the server injects for a parameter taken by reference.
pub fn inject<'a, T: Inject<S> + ?Sized, S: State>(state: &'a Arc<S>, cx: &'a Context) -> &'a T {
    T::inject(state, cx)
}

/// The functions that complete parameters.
pub fn completion_fns<S, const N: usize>(
    all: [(&'static str, CompletionFn<S>); N],
) -> Callbacks<S> {
    Callbacks {
        completion_fns: all.into(),
        ..Callbacks::default()
    }
}

/// Awaits the resources from a listing function, sync or async.
pub async fn links<Time>(listed: impl Listed<Time>) -> Result<Vec<ResourceLink>, ToolError> {
    listed.listed().await
}

/// Converts a completion to the parameter of a completion function.
pub fn asked<T: Asked>(completion: Completion) -> T {
    T::of(completion)
}

/// The types that a completion function takes by value.
#[diagnostic::on_unimplemented(
    message = "a function that completes an argument cannot take `{Self}`",
    label = "the function named here takes `{Self}`",
    note = "take `String` for what was typed so far, or `mcp_runtime::Completion` for the other arguments, too"
)]
pub trait Asked: Sized {
    #[doc(hidden)]
    fn of(completion: Completion) -> Self;
}

impl Asked for Completion {
    fn of(completion: Completion) -> Self {
        completion
    }
}

impl Asked for String {
    fn of(completion: Completion) -> Self {
        completion.into()
    }
}

/// A schema transformation without effect: its attribute keeps an enum's variant in place.
pub fn unchanged(_: &mut schemars::Schema) {}

/// [`State`], for a type that generated code uses as a state in many places but that is reported in one.
///
/// A bound for every lifetime is assumed where it is written, and checked where it is used.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be shared between threads safely",
    label = "holds something that is not `Send` and `Sync`",
    note = "a server handles calls on several threads: hold an `Arc` instead of an `Rc`, a `Mutex` instead of a `RefCell`, an atomic instead of a `Cell`",
    note = "a type parameter needs the bounds `T: Send + Sync + 'static`"
)]
pub trait SharedFor<'a>: State {}

#[diagnostic::do_not_recommend]
impl<T: State> SharedFor<'_> for T {}

/// Panics, at compile time, if an entry of `names` before the one at `place` has the same name.
///
/// `names` are the names of a list with their places in it, in order; places may be missing.
pub const fn unique(noun: &str, names: &[(&str, usize)], place: usize) {
    let at = index(names, place);
    let (name, mut earlier) = (names[at].0, 0);
    while earlier < at {
        if same(names[earlier].0, name) && !name.is_empty() {
            fail(&[
                "duplicate ",
                noun,
                " name `",
                name,
                "`: rename one of them by the key `name`",
            ]);
        }
        earlier += 1;
    }
}

/// Panics, at compile time, if an entry of `uris` before the one at `place` has the same URI, or is a template that
/// matches the same URIs.
pub const fn unique_uri(uris: &[(&str, usize)], place: usize) {
    let at = index(uris, place);
    let (uri, mut earlier) = (uris[at].0, 0);
    while earlier < at {
        let other = uris[earlier].0;
        if !uri.is_empty() && same(other, uri) {
            fail(&[
                "duplicate resource URI \"",
                uri,
                "\": change one of them, or remove its resource",
            ]);
        }
        if !uri.is_empty() && !other.is_empty() && is_ambiguous(other, uri) {
            fail(&[
                "the URI templates \"",
                uri,
                "\" and \"",
                other,
                "\" match the same URIs: give one of them another fixed part, such as another first segment",
            ]);
        }
        earlier += 1;
    }
}

/// Returns the index of the entry at `place` among the entries that are present.
const fn index(entries: &[(&str, usize)], place: usize) -> usize {
    let mut at = 0;
    while at < entries.len() && entries[at].1 < place {
        at += 1;
    }
    at
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// A panic in a constant takes one string: the message is assembled in a buffer.
#[track_caller]
const fn fail(parts: &[&str]) -> ! {
    const MOST: usize = 640;
    let mut text = [b' '; MOST];
    let mut length = 0;
    let mut part = 0;
    while part < parts.len() {
        let bytes = parts[part].as_bytes();
        let mut at = 0;
        while at < bytes.len() && length < MOST {
            text[length] = bytes[at];
            length += 1;
            at += 1;
        }
        part += 1;
    }
    let (text, _) = text.split_at(length);
    match core::str::from_utf8(text) {
        Ok(text) => panic!("{}", text),
        Err(_) => panic!("declared twice"),
    }
}

#[cfg(test)]
mod tests {
    use super::{unique, unique_uri};

    #[test]
    fn different_names_pass() {
        const NAMES: &[(&str, usize)] = &[("add", 0), ("sub", 2), ("", 3), ("", 4)];
        const _: () = unique("tool", NAMES, 2);
        const _: () = unique("tool", NAMES, 4);
    }

    #[test]
    #[should_panic(expected = "duplicate tool name `add`")]
    fn the_second_of_two_fails() {
        unique("tool", &[("add", 0), ("sub", 1), ("add", 2)], 2);
    }

    #[test]
    fn different_uris_pass() {
        const URIS: &[(&str, usize)] = &[
            ("a://b", 0),
            ("a://{b}", 1),
            ("", 2),
            ("a://{b}/c", 3),
            ("", 4),
        ];
        const _: () = unique_uri(URIS, 1);
        const _: () = unique_uri(URIS, 3);
        const _: () = unique_uri(URIS, 4);
    }

    #[test]
    #[should_panic(expected = "the URI templates \"a://{c}\" and \"a://{b}\" match the same URIs")]
    fn two_templates_that_match_the_same_fail() {
        unique_uri(&[("a://{b}", 0), ("a://{c}", 1)], 1);
    }
}
