//! Parameters by reference: values that a function borrows from the call and from the server's state.

use super::context::Context;
use crate::principal::Principal;

/// The state of a server: any type that threads can share.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be shared between threads safely",
    label = "holds something that is not `Send` and `Sync`",
    note = "a server handles calls on several threads: hold an `Arc` instead of an `Rc`, a `Mutex` instead of a `RefCell`, an atomic instead of a `Cell`",
    note = "a state lives as long as its server: hold `String` instead of `&str`"
)]
pub trait State: Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
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
    note = "`.state(..)` comes before the lists that borrow from it, `Server::new(..).state(App {{ .. }}).tools(..)`; without it the state is `()`",
    note = "add a field of type `{Self}` to the struct of the state, which has `#[derive(State)]`; the struct is given as it is, without an `Arc`, and a field of type `Arc<T>` is taken as `&Arc<T>`",
    note = "or take the parameter by value if the client is to send it"
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
