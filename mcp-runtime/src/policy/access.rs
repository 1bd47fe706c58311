//! `scopes` and `visible_if`: who may see a tool, a resource or a prompt, and call it.
//!
//! Invariant: whoever cannot call a tool does not find it in a list. One whom `visible_if` turns away cannot tell it
//! from one that does not exist; one who lacks a scope is told which, so that the client can ask for it.

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
    pub(super) fn of(spec: &Spec) -> Self {
        Self {
            scopes: spec.scopes,
            visible_if: spec.visible_if,
        }
    }

    /// Whether everybody may call it.
    pub(crate) fn is_open(&self) -> bool {
        self.scopes.is_empty() && self.visible_if.is_none()
    }

    /// Whether `principal` may call it.
    pub(crate) fn admits(&self, principal: &Principal) -> bool {
        self.shows_itself_to(principal)
            && self.scopes.iter().all(|scope| principal.has_scope(scope))
    }

    /// Lets `principal` call `item`, or says why not.
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

    /// Whether `principal` may know that it is there.
    pub(crate) fn shows_itself_to(&self, principal: &Principal) -> bool {
        // A rule that panics lets nobody in.
        self.visible_if
            .is_none_or(|rule| contain_now(|| rule(principal)).unwrap_or(false))
    }
}
