//! `scopes` and `visible_if`: access of callers to tools, resources and prompts.
//!
//! Invariant: a list does not show a caller any item that it cannot call. For a caller that `visible_if` rejects, the
//! item does not exist; a caller without a required scope gets an error that names it, so that the client can request
//! it.

use super::contain::contain_now;
use crate::handler::Principal;
use crate::handler::spec::Spec;
use crate::handler::spec::kind::{Item, Kind};
use crate::protocol::RpcError;

/// The access rules of one declared function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Access {
    scopes: &'static [&'static str],
    visible_if: Option<fn(&Principal) -> bool>,
}

impl Access {
    pub(super) fn from_spec(spec: &Spec) -> Self {
        Self {
            scopes: spec.scopes,
            visible_if: spec.visible_if,
        }
    }

    /// The scopes that a caller needs.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().copied()
    }

    /// Returns `true` if every caller may call it.
    pub(crate) fn is_open(&self) -> bool {
        self.scopes.is_empty() && self.visible_if.is_none()
    }

    /// Returns `true` if `principal` may call it.
    pub(crate) fn admits(&self, principal: &Principal) -> bool {
        self.shows_itself_to(principal)
            && self.scopes.iter().all(|scope| principal.has_scope(scope))
    }

    /// Checks that `principal` may call `item`.
    pub(crate) fn check(&self, item: Item<'_>, principal: &Principal) -> Result<(), RpcError> {
        if self.admits(principal) {
            return Ok(());
        }
        if !self.shows_itself_to(principal) {
            return Err(match item.kind {
                Kind::Resource => RpcError::resource_not_found(),
                kind => RpcError::unknown(kind.noun(), item.name),
            });
        }
        let missing: Vec<&str> = self
            .scopes
            .iter()
            .copied()
            .filter(|scope| !principal.has_scope(scope))
            .collect();
        Err(RpcError::missing_scopes(item, self.scopes, &missing))
    }

    /// Returns `true` if the item is visible to `principal`.
    pub(crate) fn shows_itself_to(&self, principal: &Principal) -> bool {
        // A rule that panics admits no caller.
        self.visible_if
            .is_none_or(|rule| contain_now(|| rule(principal)).unwrap_or(false))
    }
}
