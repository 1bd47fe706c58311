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
    /// The configuration has not switched the item off.
    enabled: bool,
    scopes: &'static [&'static str],
    visible_if: Option<fn(&Principal) -> bool>,
}

impl Access {
    pub(super) fn from_spec(spec: &Spec) -> Self {
        Self {
            enabled: true,
            scopes: spec.scopes,
            visible_if: spec.visible_if,
        }
    }

    /// Returns `true` unless the configuration has switched the item off.
    #[cfg(feature = "cli")]
    pub(crate) fn is_enabled(&self) -> bool {
        self.enabled
    }

    /// Returns `true` if `other` admits the same callers.
    pub(crate) fn equals(&self, other: &Self) -> bool {
        // The program's own rule stays as it is.
        (self.enabled, self.scopes) == (other.enabled, other.scopes)
    }

    /// The same rules for an item that is switched on or off.
    pub(super) fn enabled(self, enabled: bool) -> Self {
        Self { enabled, ..self }
    }

    /// The scopes that a caller needs.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().copied()
    }

    /// Returns `true` if every caller may call it.
    pub(crate) fn is_open(&self) -> bool {
        self.enabled && self.scopes.is_empty() && self.visible_if.is_none()
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
        let admits =
            |rule: fn(&Principal) -> bool| contain_now(|| rule(principal)).unwrap_or(false);
        self.enabled && self.visible_if.is_none_or(admits)
    }
}
