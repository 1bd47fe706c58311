//! Selects the branch of a union that a value is meant for: by its tag, else by its members, else by its type.
//!
//! Invariant: one branch is chosen, in time linear in the members of the value; below it only the few values that a
//! trial may visit are tried.
//!
//! A union without a tag is what serde calls untagged. To explain a value that matches no branch, the intended branch
//! has to be guessed: the one that matches, else the one whose members are closest to those of the value. A trial
//! visits at most 24 values, so that nested unions do not multiply.

use smallvec::SmallVec;

use super::Fit;
use super::broken::broken;
use super::coerce::coerced_kind;
use super::tape::Node;
use crate::schema::shape::{Kinds, Rest, ShapeId, Tag, Union};

/// The maximum number of values that one trial visits.
const TRIAL: usize = 24;
/// The number of bytes of a string that count as one step.
const BYTES: usize = 64;

/// The outcome of choosing a branch.
pub(super) enum Choice<'s> {
    Branch(ShapeId),
    /// The discriminating member is missing, or names no branch.
    Untagged(&'s Tag),
    /// No branch has values of this type, or members of these names.
    None,
}

impl<'s> Fit<'s> {
    pub(super) fn choose(&mut self, node: Node<'_>, union: &'s Union) -> Choice<'s> {
        let kind = node.kind();
        if kind == Kinds::OBJECT {
            return self.choose_object(node, union);
        }
        let candidates = self.admitting(union, kind);
        if let Some(found) = self.first_fit(node, &candidates, false) {
            return Choice::Branch(found);
        }
        if self.coerce
            && let Some(kind) = coerced_kind(node)
        {
            let candidates = self.admitting(union, kind);
            if let Some(found) = self.first_fit(node, &candidates, true) {
                return Choice::Branch(found);
            }
        }
        candidates
            .first()
            .map_or(Choice::None, |only| Choice::Branch(*only))
    }

    fn admitting(&self, union: &Union, kind: Kinds) -> Vec<ShapeId> {
        let branches = union.branches.iter().copied();
        branches
            .filter(|branch| self.shapes.kinds(*branch).has(kind))
            .collect()
    }

    /// The first candidate that the value matches, or may match as far as a trial can tell.
    fn first_fit(
        &mut self,
        node: Node<'_>,
        candidates: &[ShapeId],
        coerce: bool,
    ) -> Option<ShapeId> {
        let mut possible = None;
        for candidate in candidates {
            match self.trial(node, *candidate, coerce, &mut TRIAL.clone()) {
                Some(true) => return Some(*candidate),
                Some(false) => {}
                None => possible = possible.or(Some(*candidate)),
            }
        }
        possible
    }

    fn choose_object(&mut self, node: Node<'_>, union: &'s Union) -> Choice<'s> {
        let any = || {
            let mut branches = union.branches.iter().copied();
            branches.find(|branch| self.shapes.is_any(*branch))
        };
        if let Some(tag) = &union.tag {
            let value = node.member(&tag.member).and_then(Node::text);
            let named = tag
                .values
                .iter()
                .find(|(name, _)| value.as_deref() == Some(name));
            let chosen = named.map(|(_, branch)| *branch).or_else(any);
            return chosen.map_or(Choice::Untagged(tag), Choice::Branch);
        }
        let candidates = self.admitting(union, Kinds::OBJECT);
        let fitting = self
            .first_fit(node, &candidates, false)
            .or_else(|| self.first_fit(node, &candidates, self.coerce));
        if let (Some(fitting), true) = (fitting, candidates.len() > 1) {
            return Choice::Branch(fitting);
        }
        let scored = candidates.iter().filter_map(|candidate| {
            let score = self.score(node, *candidate);
            Some((score?, *candidate))
        });
        let nearest = scored.min_by_key(|(score, _)| *score);
        nearest.map_or(Choice::None, |(_, branch)| Choice::Branch(branch))
    }

    /// Returns the distance of a value's members from those of a branch: required members that are missing, and members
    /// that the branch does not declare; `None` if they have nothing in common.
    fn score(&self, node: Node<'_>, branch: ShapeId) -> Option<(usize, usize)> {
        let Some(members) = self.shapes.members(branch) else {
            return Some((0, 0));
        };
        let (mut common, mut unknown, mut met) = (0, 0, 0);
        for (name, _) in node.members() {
            match name
                .text()
                .and_then(|name| members.get(&name).map(|it| it.required))
            {
                Some(required) => {
                    common += 1;
                    met += usize::from(required);
                }
                None => unknown += usize::from(!matches!(members.rest, Rest::Any | Rest::Are(_))),
            }
        }
        let required = members.declared.iter().filter(|it| it.required).count();
        let is_alien = common == 0 && required > 0 && matches!(members.rest, Rest::Refused);
        (!is_alien).then_some((required.saturating_sub(met), unknown))
    }

    /// Tries whether a value fits a shape; `None` if the trial runs out of steps first.
    fn trial(
        &mut self,
        node: Node<'_>,
        id: ShapeId,
        coerce: bool,
        left: &mut usize,
    ) -> Option<bool> {
        *left = left.checked_sub(1)?;
        self.step()?;
        let shapes = self.shapes;
        let shape = shapes.get(id);
        let kind = node.kind();
        let admitted = shape.kinds.has(kind);
        if !admitted {
            return match coerced_kind(node).filter(|kind| coerce && shape.kinds.has(*kind)) {
                None => Some(false),
                Some(kind) if kind.has(Kinds::OBJECT.and(Kinds::ARRAY)) => None,
                Some(_) => Some(true),
            };
        }
        if !node.is_container() {
            self.spend(node.raw().len() / BYTES)?;
        }
        if broken(node, shape).is_some() {
            return Some(false);
        }
        let mut sure = true;
        for also in &shape.also {
            if refutes(self.trial(node, *also, coerce, left), &mut sure) {
                return Some(false);
            }
        }
        if let Some(union) = &shape.union {
            let mut any = Some(false);
            for branch in &union.branches {
                any = self.trial(node, *branch, coerce, left);
                if any != Some(false) {
                    break;
                }
            }
            if refutes(any, &mut sure) {
                return Some(false);
            }
        }
        let inside = match kind {
            Kinds::OBJECT => self.trial_members(node, id, coerce, left),
            Kinds::ARRAY => self.trial_items(node, id, coerce, left),
            _ => Some(true),
        };
        match inside {
            Some(true) => sure.then_some(true),
            other => other,
        }
    }

    fn trial_members(
        &mut self,
        node: Node<'_>,
        id: ShapeId,
        coerce: bool,
        left: &mut usize,
    ) -> Option<bool> {
        let shape = self.shapes.get(id);
        let Some(members) = &shape.members else {
            return Some(true);
        };
        let is_whole = shape.also.is_empty() && shape.union.is_none();
        let (mut met, mut sure) = (0, true);
        // Cheap checks come before those that descend.
        let mut inner = SmallVec::<[_; 8]>::new();
        for (name, value) in node.members() {
            *left = left.checked_sub(1)?;
            self.spend(name.raw().len() / BYTES)?;
            let name = name.text()?;
            let (shape, required) = match (members.get(&name), members.rest) {
                (Some(member), _) => (member.shape, member.required),
                (None, Rest::Are(shape)) => (shape, false),
                (None, Rest::Ignored | Rest::Refused) if is_whole => return Some(false),
                (None, _) => continue,
            };
            met += usize::from(required);
            if value.is_container() {
                inner.push((value, shape));
            } else if (value.kind() != Kinds::NULL || required)
                && refutes(self.trial(value, shape, coerce, left), &mut sure)
            {
                return Some(false);
            }
        }
        let required = members.declared.iter().filter(|it| it.required).count();
        if met < required {
            return Some(false);
        }
        for (value, shape) in inner {
            if refutes(self.trial(value, shape, coerce, left), &mut sure) {
                return Some(false);
            }
        }
        sure.then_some(true)
    }

    fn trial_items(
        &mut self,
        node: Node<'_>,
        id: ShapeId,
        coerce: bool,
        left: &mut usize,
    ) -> Option<bool> {
        let shape = self.shapes.get(id);
        let mut sure = true;
        for (index, item) in node.items().enumerate() {
            let Some(wanted) = shape.places.get(index).copied().or(shape.items) else {
                break;
            };
            if refutes(self.trial(item, wanted, coerce, left), &mut sure) {
                return Some(false);
            }
            if *left == 0 {
                return None;
            }
        }
        sure.then_some(true)
    }
}

/// Returns `true` if a part with this verdict does not match; one without a verdict leaves the result undecided.
fn refutes(verdict: Option<bool>, sure: &mut bool) -> bool {
    *sure &= verdict.is_some();
    verdict == Some(false)
}
