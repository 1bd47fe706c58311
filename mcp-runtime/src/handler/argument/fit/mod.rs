//! Matches a value against its shape: coerces where no information is lost, and reports every other deviation.
//!
//! Invariants: each value is visited once, and the steps are counted, so that the work is at most linear in the size
//! of the value; problems beyond the maximum are counted and not written.
//!
//! The input is the value as a [`Tape`] and the root of its shape; the output is the value with everything coerced,
//! the problems, and the places that a decoder might read differently. The bounds are a depth of 128, 16 shapes for
//! one value, and 100,000 steps plus 16 for each part. When the steps are used up, the rest is copied unchanged, and
//! the decoder decides.

mod branch;
pub(super) mod broken;
mod coerce;
pub(in crate::handler) mod contract;
pub(super) mod date;
pub(super) mod tape;
mod weight;

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use smallvec::SmallVec;

use super::path::Path;
use super::problem::{Fault, Problems};
use super::words;
use crate::schema::shape::{Kinds, Member, Members, Rest, ShapeId, Shapes};
use branch::Choice;
use broken::broken;
use coerce::{Coerced, integral};
use tape::{Node, Tape};
use weight::Weight;

/// The maximum depth to which a value is followed; deeper ones are left to the decoder, which refuses them.
const DEPTH: usize = 128;
/// The maximum number of shapes that hold for one value.
const LAYERS: usize = 16;
/// The steps that any value may take, and those that each of its parts adds.
const STEPS: (usize, usize) = (100_000, 16);
/// The maximum number of places for which a decoder is tried.
const MAX_DEVIATIONS: usize = 8;
/// The maximum number of undeclared members for which a decoder is tried.
const MAX_UNDECLARED: usize = 8;

/// The shapes that hold for one value.
type Layers = SmallVec<[ShapeId; 4]>;

/// The walk of one value through its shape.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about the walk or its outcome"
)]
pub(super) struct Fit<'s> {
    pub(super) shapes: &'s Shapes,
    pub(super) coerce: bool,
    /// The steps taken, and those that may be taken in all.
    steps: usize,
    most: usize,
    depth: usize,
    /// The number of enclosing strings whose content is walked.
    inside: usize,
    /// `true` if the decoded value is checked by the rules of its type.
    pub is_validated: bool,
    /// `true` if the value is what a tool returns.
    is_result: bool,
    /// `true` if the cost of the value is estimated.
    pub(super) weighs: bool,
    pub(super) weight: Weight,
    /// Its cost for a decoder that accepts none of the branches.
    pub(super) worst: Weight,
    /// The value with everything coerced.
    pub written: String,
    pub coerced: bool,
    /// The violations of the schema, in the order of the value.
    pub problems: Problems,
    /// `true` if one of them is final, even if the decoder accepts the value.
    pub is_refused: bool,
    /// The places where the value does not fit or was coerced.
    pub deviations: Vec<Deviation>,
    /// The members that no shape declares, one for each shape and name.
    pub undeclared: Vec<UndeclaredMember>,
}

/// A place where a value deviates from the schema.
#[derive(Clone, Debug)]
pub(super) struct Deviation {
    /// The place in the value that was sent, unless it is inside a string.
    pub sent: Option<Range<usize>>,
    pub written: Range<usize>,
}

/// An undeclared member, which a decoder may know under another name.
#[derive(Debug)]
pub(super) struct UndeclaredMember {
    shape: Option<ShapeId>,
    /// The name as JSON.
    pub name: Box<str>,
    pub at: Deviation,
}

impl<'s> Fit<'s> {
    pub(super) fn new(shapes: &'s Shapes, coerce: bool, name: &str, redact: bool) -> Self {
        Self {
            shapes,
            coerce,
            steps: 0,
            most: STEPS.0,
            depth: 0,
            inside: 0,
            is_validated: false,
            is_result: false,
            weighs: false,
            weight: Weight::ONE,
            worst: Weight::ONE,
            written: String::new(),
            coerced: false,
            problems: Problems::under(name, redact),
            is_refused: false,
            deviations: Vec::new(),
            undeclared: Vec::new(),
        }
    }

    /// A walk of a result: members may be missing as its schema says, and nothing is coerced.
    pub(super) fn of_result(shapes: &'s Shapes) -> Self {
        Self {
            is_result: true,
            ..Self::new(shapes, false, "", false)
        }
    }

    /// Walks a whole value.
    pub(super) fn run(&mut self, tape: &Tape<'_>, shape: ShapeId) {
        self.grow(tape);
        self.value(tape.root(), shape, &Path::Whole);
    }

    /// Returns `true` if a decoder of this `weight` does work in proportion to the size of the value.
    pub(super) fn can_afford(&self, weight: Weight) -> bool {
        let most = u64::try_from(self.most).unwrap_or(u64::MAX);
        weight.all <= most && self.steps < self.most
    }

    fn grow(&mut self, tape: &Tape<'_>) {
        self.most = self.most.saturating_add(STEPS.1 * tape.len());
    }

    /// Takes one step; `None` when none are left.
    pub(super) fn step(&mut self) -> Option<()> {
        self.spend(1)
    }

    pub(super) fn spend(&mut self, steps: usize) -> Option<()> {
        self.steps = self.steps.saturating_add(steps).min(self.most);
        (self.steps < self.most).then_some(())
    }

    fn value(&mut self, node: Node<'_>, id: ShapeId, path: &Path<'_>) {
        if self.step().is_none() || self.depth >= DEPTH {
            self.written.push_str(node.raw());
            return;
        }
        self.depth += 1;
        let (weight, worst) = (self.weight.once, self.worst.once);
        let mut layers = Layers::new();
        match self.layer(node, id, path, &mut layers) {
            Ok(()) => self.layered(node, id, &layers, path),
            Err(Invalid) => self.keep_as_sent(node),
        }
        self.weight.add();
        self.worst.add();
        (self.weight.once, self.worst.once) = (weight, worst);
        self.depth -= 1;
    }

    /// Collects the shapes that apply to a value: its own, those combined with it, and one branch of each union.
    fn layer(
        &mut self,
        node: Node<'_>,
        id: ShapeId,
        path: &Path<'_>,
        layers: &mut Layers,
    ) -> Result<(), Invalid> {
        if layers.len() >= LAYERS || layers.contains(&id) {
            return Ok(());
        }
        let shape = self.shapes.get(id);
        layers.push(id);
        for also in &shape.also {
            self.layer(node, *also, path, layers)?;
        }
        let Some(union) = &shape.union else {
            return Ok(());
        };
        match self.choose(node, union) {
            Choice::Branch(branch) => {
                self.weigh(node, union, branch);
                self.layer(node, branch, path, layers)
            }
            Choice::Untagged(tag) => {
                let values: Vec<&str> = tag.values.iter().map(|(value, _)| &**value).collect();
                let path = Path::Member(path, &tag.member);
                match node.member(&tag.member) {
                    Some(given) => self
                        .problems
                        .note_at(&path, || words::unlisted(&values, given)),
                    None => self.problems.note_at(&path, || words::missing_tag(&values)),
                }
                Err(Invalid)
            }
            Choice::None => {
                self.mismatch(node, id, path);
                Err(Invalid)
            }
        }
    }

    fn layered(&mut self, node: Node<'_>, id: ShapeId, layers: &Layers, path: &Path<'_>) {
        let shapes = self.shapes;
        let kind = node.kind();
        let has = |kind| {
            layers
                .iter()
                .all(|layer| shapes.get(*layer).kinds.has(kind))
        };
        if !has(kind) {
            if !self.coerced_to(node, id, path, &has) {
                self.mismatch(node, id, path);
                self.keep_as_sent(node);
            }
            return;
        }
        let start = self.written.len();
        match kind {
            Kinds::OBJECT => self.members(node, layers, path),
            Kinds::ARRAY => self.items(node, layers, path),
            Kinds::INTEGER if node.raw() == "-0" => self.written.push('0'),
            _ => self.written.push_str(node.raw()),
        }
        let mut broken = layers.iter().filter_map(|layer| {
            let broken = broken(node, shapes.get(*layer))?;
            Some((broken, *layer))
        });
        if let Some((broken, layer)) = broken.next()
            && !(self.is_result && broken.is_form())
        {
            let fault = || words::broken(&broken, node, shapes, id, layer);
            if broken.is_final(self.is_validated) {
                self.refuse(path, fault);
            } else {
                self.note_deviation(node, start);
                self.problems.note_at(path, fault);
            }
        }
    }

    /// Writes the lossless coercion of a value, if the shape allows one.
    fn coerced_to(
        &mut self,
        node: Node<'_>,
        id: ShapeId,
        path: &Path<'_>,
        has: &impl Fn(Kinds) -> bool,
    ) -> bool {
        let Some(coerced) = Coerced::read(node).filter(|_| self.coerce) else {
            return false;
        };
        let tape = coerced.tape();
        let root = tape.root();
        let kind = root.kind();
        let is_whole = kind == Kinds::FRACTION && has(Kinds::INTEGER);
        let is_whole = is_whole && integral(root.raw()).is_some();
        if !(has(kind) || is_whole) {
            return false;
        }
        let start = self.written.len();
        self.grow(&tape);
        self.inside += 1;
        self.value(root, id, path);
        self.inside -= 1;
        self.coerced = true;
        self.note_deviation(node, start);
        true
    }

    fn members(&mut self, node: Node<'_>, layers: &Layers, path: &Path<'_>) {
        let shapes = self.shapes;
        let sets: SmallVec<[&Members; 4]> = layers
            .iter()
            .filter_map(|layer| shapes.get(*layer).members.as_ref())
            .collect();
        let mut names = Names::default();
        let mut present: SmallVec<[Option<Deviation>; 4]> = sets.iter().map(|_| None).collect();
        self.written.push('{');
        let start = self.written.len();
        for (key, value) in node.members() {
            let Some(name) = key.text() else {
                self.refuse(path, words::half_a_name);
                continue;
            };
            let set = sets.iter().position(|set| set.get(&name).is_some());
            let member = set.and_then(|set| sets[set].get(&name));
            let at = match member {
                Some(member) => Path::Member(path, &member.name),
                None => Path::Entry(path, &name),
            };
            if !names.insert(name.clone()) {
                self.refuse(&at, || Fault::new("is given more than once"));
            }
            if member.is_some_and(|member| self.is_absent(value, member)) {
                continue;
            }
            if self.written.len() > start {
                self.written.push(',');
            }
            self.written.push_str(key.raw());
            self.written.push(':');
            let start = self.written.len();
            self.member((key, value), member, layers, &sets, &at);
            if let Some(present) = set.and_then(|set| present.get_mut(set))
                && present.is_none()
            {
                *present = Some(self.place(value, start));
            }
        }
        self.written.push('}');
        for (set, present) in sets.iter().zip(present) {
            self.missing(set, present, &names, path);
        }
    }

    /// Records the missing members of a set; a decoder that ignores the set is detected by one that is present.
    fn missing(
        &mut self,
        set: &Members,
        present: Option<Deviation>,
        names: &Names<'_>,
        path: &Path<'_>,
    ) {
        let shapes = self.shapes;
        let required = set.declared.iter().filter(|member| member.required);
        let mut missing = required
            .filter(|member| !names.has(&member.name))
            .peekable();
        if missing.peek().is_some() && self.deviations.len() < MAX_DEVIATIONS {
            self.deviations.extend(present);
        }
        for member in missing {
            let fault = || words::missing(words::expected(shapes, member.shape));
            self.problems
                .note_at(&Path::Member(path, &member.name), fault);
        }
    }

    fn member(
        &mut self,
        (key, value): (Node<'_>, Node<'_>),
        member: Option<&Member>,
        layers: &Layers,
        sets: &[&Members],
        path: &Path<'_>,
    ) {
        let rest = |set: &&Members| match set.rest {
            Rest::Are(shape) => Some(shape),
            Rest::Ignored | Rest::Any | Rest::Refused => None,
        };
        let shape = member.map(|member| member.shape);
        if let Some(shape) = shape.or_else(|| sets.iter().find_map(rest)) {
            self.value(value, shape, path);
            return;
        }
        let start = self.written.len();
        self.value(value, Shapes::ANY, path);
        let is_open = sets.iter().any(|set| matches!(set.rest, Rest::Any));
        let is_closed = if self.is_result {
            sets.iter().any(|set| matches!(set.rest, Rest::Refused))
        } else {
            !sets.is_empty() && !is_open
        };
        if is_closed {
            let shape = layers.first().copied();
            let is_known = |it: &UndeclaredMember| it.shape == shape && *it.name == *key.raw();
            if self.undeclared.len() < MAX_UNDECLARED && !self.undeclared.iter().any(is_known) {
                self.undeclared.push(UndeclaredMember {
                    shape,
                    name: key.raw().into(),
                    at: self.place(value, start),
                });
            }
            self.problems
                .note_at(path, || words::unknown_member(path, sets));
        }
    }

    /// Returns `true` if a member counts as absent: `null`, or an empty string where no string is expected.
    fn is_absent(&mut self, value: Node<'_>, member: &Member) -> bool {
        if member.required || self.is_result {
            return false;
        }
        let is_absent = match value.raw() {
            "null" => !self.shapes.kinds(member.shape).has(Kinds::NULL),
            "\"\"" => self.coerce && self.shapes.is_unwritten(member.shape),
            _ => return false,
        };
        self.coerced |= is_absent && value.raw() != "null";
        is_absent
    }

    fn items(&mut self, node: Node<'_>, layers: &Layers, path: &Path<'_>) {
        let shapes = self.shapes;
        self.written.push('[');
        for (index, item) in node.items().enumerate() {
            if index > 0 {
                self.written.push(',');
            }
            let wanted = layers.iter().find_map(|layer| {
                let shape = shapes.get(*layer);
                shape.places.get(index).copied().or(shape.items)
            });
            let path = Path::Item(path, index);
            match wanted {
                Some(wanted) => self.value(item, wanted, &path),
                None => self.value(item, Shapes::ANY, &path),
            }
        }
        self.written.push(']');
    }

    fn mismatch(&mut self, node: Node<'_>, id: ShapeId, path: &Path<'_>) {
        let shapes = self.shapes;
        let kinds = shapes.kinds(id);
        let fault = || words::mismatch(shapes, id, node);
        // A decoder may take a list for an object, member by member.
        if node.kind() == Kinds::ARRAY && kinds.has(Kinds::OBJECT) && !kinds.has(Kinds::ARRAY) {
            self.refuse(path, fault);
        } else {
            self.problems.note_at(path, fault);
        }
    }

    /// Records a problem that is final even if the decoder accepts the value.
    fn refuse(&mut self, path: &Path<'_>, fault: impl FnOnce() -> Fault) {
        self.is_refused = true;
        self.problems.note_at(path, fault);
    }

    /// Copies an invalid value unchanged.
    fn keep_as_sent(&mut self, node: Node<'_>) {
        let start = self.written.len();
        self.written.push_str(node.raw());
        self.note_deviation(node, start);
    }

    fn note_deviation(&mut self, node: Node<'_>, start: usize) {
        if self.inside == 0 && self.deviations.len() < MAX_DEVIATIONS {
            self.deviations.push(self.place(node, start));
        }
    }

    /// The place of a value, which is written from `start`.
    fn place(&self, node: Node<'_>, start: usize) -> Deviation {
        Deviation {
            sent: (self.inside == 0).then(|| node.span()),
            written: start..self.written.len(),
        }
    }
}

/// The value is invalid, which has been recorded.
struct Invalid;

/// The names of an object's members.
#[derive(Default)]
pub(super) struct Names<'n> {
    few: SmallVec<[Cow<'n, str>; 16]>,
    many: HashSet<Cow<'n, str>>,
}

impl<'n> Names<'n> {
    /// Adds a name, unless it is there.
    pub(super) fn insert(&mut self, name: impl Into<Cow<'n, str>>) -> bool {
        let name = name.into();
        if self.has(&name) {
            return false;
        }
        if self.few.len() < self.few.inline_size() {
            self.few.push(name);
        } else {
            self.many.insert(name);
        }
        true
    }

    fn has(&self, name: &str) -> bool {
        self.few.iter().any(|few| **few == *name) || self.many.contains(name)
    }
}

#[cfg(test)]
mod tests;
