//! The types that can be elicited from the client's user by a form.

use super::field::Field;
use crate::handler::argument::arg::{Arg, ArgList, Values};

/// A type that a client can show to its user as a form, and that is built from the user's input.
///
/// `#[derive(Elicit)]` implements it for a struct, whose fields are those of the form, and for an enum without data,
/// which is a choice. A `String`, a number, a `bool`, a choice, or a `Vec` of choices by itself is a form with one
/// field, called `answer`.
///
/// ```
/// use mcp_runtime::{Context, Elicit, ToolError, tool};
///
/// /// The delivery.
/// #[derive(Elicit)]
/// struct Delivery {
///     /// Street and number.
///     street: String,
///     #[elicit(range = 1..=9)]
///     parcels: u8,
/// }
///
/// /// Sends parcels.
/// #[tool]
/// async fn send(cx: &Context) -> Result<String, ToolError> {
///     let to: Delivery = cx.elicit("delivery", "To which address?").await?;
///     Ok(format!("{} parcels to {}", to.parcels, to.street))
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be asked of the user: it is no elicitation form",
    label = "no form",
    note = "add `#[derive(mcp_runtime::Elicit)]` to `{Self}`: a struct of strings, numbers, `bool`s and choices, or an enum without data"
)]
pub trait Elicit: Sized {
    #[doc(hidden)]
    type Fields: ArgList;
    #[doc(hidden)]
    fn fields() -> Self::Fields;
    #[doc(hidden)]
    fn from_values(values: Values<Self::Fields>) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Field> Elicit for T {
    type Fields = ((), Arg<T>);

    fn fields() -> Self::Fields {
        ((), Arg::field("answer"))
    }

    fn from_values(((), answer): ((), T)) -> Self {
        answer
    }
}

/// A form with one box to tick, `confirm`.
///
/// ```
/// use mcp_runtime::{Confirm, Context, ToolError, tool};
///
/// /// Deletes a file.
/// #[tool(destructive)]
/// async fn delete(cx: &Context, path: String) -> Result<String, ToolError> {
///     let sure: Confirm = cx.elicit("confirm", format!("Really delete {path}?")).await?;
///     if !sure.yes() {
///         return Ok(format!("{path} is still there"));
///     }
///     Ok(format!("deleted {path}"))
/// }
/// ```
///
/// Submitting the form without the tick means no; declining the form is an [`ElicitError`](crate::ElicitError).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confirm(bool);

impl Confirm {
    /// Returns `true` if the box was ticked.
    pub fn yes(self) -> bool {
        self.0
    }
}

impl Elicit for Confirm {
    type Fields = ((), Arg<bool>);

    fn fields() -> Self::Fields {
        ((), Arg::field("confirm"))
    }

    fn from_values(((), confirm): ((), bool)) -> Self {
        Self(confirm)
    }
}
