//! `scopes` and `visible_if`: access of callers to tools, resources and prompts.
//!
//! Invariant: a list contains no item that the caller cannot call. For a caller that `visible_if` rejects, the item
//! does not exist; a caller without a required scope gets an error that names it, so that the client can request it.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::contain::contain_now;
use crate::handler::Principal;
use crate::handler::spec::kind::{Item, Kind};
use crate::handler::spec::visible::VisibleIf;
use crate::handler::spec::{Spec, Text};
use crate::protocol::RpcError;

/// The access rules of one declared function.
#[derive(Clone)]
pub(crate) struct Access {
    /// False if the configuration has disabled the item.
    enabled: bool,
    scopes: Arc<[Text]>,
    visible_if: Option<(VisibleIf, Arc<dyn Any + Send + Sync>)>,
}

impl Access {
    /// The rules of `spec`, on a server with `state`.
    pub(super) fn new(spec: &Spec, state: &Arc<dyn Any + Send + Sync>) -> Self {
        let rule = spec.visible_if.clone();
        Self {
            enabled: true,
            scopes: Arc::clone(&spec.scopes),
            visible_if: rule.map(|rule| (rule, Arc::clone(state))),
        }
    }

    /// Returns `true` unless the configuration has disabled the item.
    #[cfg(any(feature = "cli", feature = "page"))]
    pub(crate) fn is_enabled(&self) -> bool {
        self.enabled
    }

    /// Returns `true` if `other` admits the same callers.
    #[cfg(feature = "cli")]
    pub(crate) fn equals(&self, other: &Self) -> bool {
        // The program's own rule does not change.
        (self.enabled, &self.scopes) == (other.enabled, &other.scopes)
    }

    /// The rules of `spec` of the same function, after the configuration has enabled or disabled it.
    pub(super) fn reconfigured(&self, spec: &Spec, enabled: bool) -> Self {
        Self {
            enabled,
            scopes: Arc::clone(&spec.scopes),
            visible_if: self.visible_if.clone(),
        }
    }

    /// The scopes that a caller needs.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().map(AsRef::as_ref)
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
            .map(AsRef::as_ref)
            .filter(|scope| !principal.has_scope(scope))
            .collect();
        Err(RpcError::missing_scopes(item, &self.scopes, &missing))
    }

    /// Returns `true` if the item is visible to `principal`.
    pub(crate) fn shows_itself_to(&self, principal: &Principal) -> bool {
        // A rule that panics admits no caller.
        let admits = |(rule, state): &(VisibleIf, Arc<dyn Any + Send + Sync>)| {
            contain_now(|| rule.admits(&**state, principal)).unwrap_or(false)
        };
        self.enabled && self.visible_if.as_ref().is_none_or(admits)
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}
