//! `visible_if`: the program's rule for the callers that may see and call an item.
//!
//! The rule is erased to a closure over `dyn Any`, as [`Spec`](super::Spec) does not know the type
//! of the state; the cast back cannot fail on the server that the function is declared for.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use crate::principal::Principal;

/// The rule of `visible_if`: a function of the principal, and optionally of the state.
#[derive(Clone)]
pub struct VisibleIf(Arc<Admits>);

type Admits = dyn Fn(&dyn Any, &Principal) -> bool + Send + Sync;

impl VisibleIf {
    pub(crate) fn new(rule: impl Fn(&Principal) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(move |_, principal| rule(principal)))
    }

    /// The rule does not apply to a state of another type, and admits no caller then.
    pub(crate) fn of_state<S: 'static>(
        rule: impl Fn(&S, &Principal) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(move |state, principal| {
            state
                .downcast_ref()
                .is_some_and(|state| rule(state, principal))
        }))
    }

    /// Returns `true` if `principal` may see and call the item of a server with `state`.
    pub(crate) fn admits(&self, state: &dyn Any, principal: &Principal) -> bool {
        self.0(state, principal)
    }
}

impl fmt::Debug for VisibleIf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VisibleIf")
    }
}

/// A function that `visible_if` takes in a `#[server]` block: of the principal, or of the state and the principal.
/// `Form` distinguishes the two for rustc.
#[diagnostic::on_unimplemented(
    message = "`visible_if` takes a function of the principal, or of `&self` and the principal",
    label = "not such a function",
    note = "write `fn(&self, who: &Principal) -> bool`, or `fn(who: &Principal) -> bool`"
)]
pub trait Rule<S, Form> {
    #[doc(hidden)]
    fn into_rule(self) -> VisibleIf;
}

/// A function of the principal.
#[derive(Debug)]
pub struct OfPrincipal;

/// A function of the state and the principal.
#[derive(Debug)]
pub struct OfState;

#[diagnostic::do_not_recommend]
impl<S, F: Fn(&Principal) -> bool + Send + Sync + 'static> Rule<S, OfPrincipal> for F {
    fn into_rule(self) -> VisibleIf {
        VisibleIf::new(self)
    }
}

#[diagnostic::do_not_recommend]
impl<S: 'static, F: Fn(&S, &Principal) -> bool + Send + Sync + 'static> Rule<S, OfState> for F {
    fn into_rule(self) -> VisibleIf {
        VisibleIf::of_state(self)
    }
}
