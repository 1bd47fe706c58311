//! What is checked while the program compiles: types that fit, a state that threads can share, names that differ.
//!
//! Invariant: each check has the form in which rustc reports it once, with its arrow at the author's own tokens.

use crate::handler::argument::{Arg, Decode, Describe};
use crate::handler::completion::Proposed;
use crate::handler::contents::IntoContents;
use crate::handler::field::Field;
use crate::handler::inject::State;
use crate::handler::messages::IntoPrompt;
use crate::handler::output::{IntoToolResult, Returns};
use crate::handler::tool_error::ToolError;

/// [`Arg::new`]: a type given to a function is what rustc underlines, as a whole.
pub fn arg<T: Decode + Describe>(name: &'static str) -> Arg<T> {
    Arg::new(name)
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

/// What a function that completes a parameter proposes, sync or async.
pub async fn proposals<Time>(proposed: impl Proposed<Time>) -> Result<Vec<String>, ToolError> {
    proposed.proposed().await
}

/// [`State`], for a type whose state-ness generated code relies on in many places, but is to be told about in one.
///
/// As a bound for every lifetime it is believed where it is written and checked where it is used.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be shared between threads safely",
    label = "holds something that is not `Send` and `Sync`",
    note = "a server handles calls on several threads: hold an `Arc` instead of an `Rc`, a `Mutex` instead of a `RefCell`, an atomic instead of a `Cell`"
)]
pub trait SharedFor<'a>: State {}

#[diagnostic::do_not_recommend]
impl<T: State> SharedFor<'_> for T {}

/// Panics, at compile time, if an entry of `names` before the one at `place` has the same name.
///
/// `names` are the names of a list with their places in it, in order; places may be missing.
pub const fn unique(names: &[(&str, usize)], place: usize) {
    let mut at = 0;
    while at < names.len() && names[at].1 < place {
        at += 1;
    }
    let (name, mut earlier) = (names[at].0, 0);
    while earlier < at {
        if same(names[earlier].0, name) && !name.is_empty() {
            fail(name);
        }
        earlier += 1;
    }
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

/// A panic in a constant takes one string: the sentence is put together in a buffer.
#[track_caller]
const fn fail(name: &str) -> ! {
    const MOST: usize = 160;
    let mut text = [b' '; MOST];
    let mut length = 0;
    let parts = ["duplicate tool name `", name, "`"];
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
        Err(_) => panic!("duplicate tool name"),
    }
}

/// What a path in `tools![..]` falls back to when it names no type, so that only the list itself says what is wrong.
pub mod no_tool {
    /// Stands for something that is no tool.
    #[derive(Debug)]
    pub struct __McpTool {}

    impl crate::__private::Declared for __McpTool {
        const NAME: &'static str = "";
    }
}

#[cfg(test)]
mod tests {
    use super::unique;

    #[test]
    fn different_names_pass() {
        const NAMES: &[(&str, usize)] = &[("add", 0), ("sub", 2), ("", 3), ("", 4)];
        const _: () = unique(NAMES, 2);
        const _: () = unique(NAMES, 4);
    }

    #[test]
    #[should_panic(expected = "duplicate tool name `add`")]
    fn the_second_of_two_fails() {
        unique(&[("add", 0), ("sub", 1), ("add", 2)], 2);
    }
}
