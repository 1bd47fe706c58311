//! Parameters by reference: what a function may borrow from the call and from the server's state.

use super::context::Context;
use crate::principal::Principal;

/// A server's state: anything that threads may share.
pub trait State: Send + Sync + 'static {}

impl<T: Send + Sync + 'static> State for T {}

/// A type that a declared function can take by reference on a server with state `S`.
///
/// `#[derive(State)]` implements it for the state and for the type of each field.
///
/// Implemented for [`Context`] and [`Principal`] with any state, and by the derive for the state's
/// fields. Two fields of one type would be ambiguous, so one of them has `#[state(skip)]`.
#[diagnostic::on_unimplemented(
    message = "the server state `{S}` does not provide `{Self}`",
    label = "no `{Self}` in `{S}`",
    note = "add a field of type `{Self}` to `{S}` and `#[derive(State)]`, or take the parameter by value if the client is to send it"
)]
pub trait Inject<S: ?Sized> {
    /// The value, borrowed from the state or the call.
    fn inject<'a>(state: &'a S, cx: &'a Context) -> &'a Self;
}

impl<S: ?Sized> Inject<S> for Context {
    fn inject<'a>(_: &'a S, cx: &'a Context) -> &'a Self {
        cx
    }
}

impl<S: ?Sized> Inject<S> for Principal {
    fn inject<'a>(_: &'a S, cx: &'a Context) -> &'a Self {
        cx.principal()
    }
}
