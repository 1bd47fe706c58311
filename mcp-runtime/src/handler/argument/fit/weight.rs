//! Estimates how often a decoder visits the parts of a value: one that tries branch after branch starts again below
//! each.
//!
//! With recursive branches, this grows exponentially with the depth, and no timeout ends it: such values are weighed
//! before they are decoded.
//!
//! The weight is an upper bound of the visits to each part. A value that is too heavy, which could take hours, is
//! refused as nested too deeply before serde reads it.

use super::Fit;
use super::tape::Node;
use crate::schema::shape::{Kinds, ShapeId, Union};

/// The number of times a decoder visits one value, and all preceding ones.
#[derive(Clone, Copy, Debug)]
pub(in crate::handler::argument) struct Weight {
    pub once: u64,
    pub all: u64,
}

impl Weight {
    pub(super) const ONE: Self = Self { once: 1, all: 0 };

    pub(super) fn times(&mut self, tries: u64) {
        self.once = self.once.saturating_mul(tries);
    }

    pub(super) fn add(&mut self) {
        self.all = self.all.saturating_add(self.once);
    }
}

impl Fit<'_> {
    /// Weighs the branches of `union` that a decoder tries before the matching one, and those that it tries if none
    /// matches.
    pub(super) fn weigh(&mut self, node: Node<'_>, union: &Union, taken: ShapeId) {
        if !self.weighs || union.tag.is_some() || !node.is_container() {
            return;
        }
        let (mut before, mut all, mut is_before) = (0, 0, true);
        for branch in &union.branches {
            is_before &= *branch != taken;
            if self.is_followed(node, *branch) {
                all += 1;
                before += u64::from(is_before);
            }
        }
        self.weight.times(1 + before);
        self.worst.times(all.max(1));
    }

    /// Returns `true` if a decoder that tries a branch descends into the value.
    fn is_followed(&self, node: Node<'_>, branch: ShapeId) -> bool {
        if !self.shapes.kinds(branch).has(node.kind()) {
            return false;
        }
        if node.kind() == Kinds::ARRAY {
            return true;
        }
        let Some(members) = self.shapes.members(branch) else {
            return !self.shapes.is_any(branch);
        };
        let is_inner = |(name, value): (Node<'_>, Node<'_>)| {
            value.is_container() && name.text().is_some_and(|name| members.takes(&name))
        };
        node.members().any(is_inner)
    }
}
