//! Schemas compiled for the checking of arguments: the constraints on a value, and the rules that select a branch of a
//! union.
//!
//! Invariants: compiled once, from the schemas of types before [`normal`](super::normal) removes keywords for clients;
//! shapes refer to each other by index, so that recursive types need no special case.
//!
//! A [`Shape`] has the constraints on one value: its JSON types, bounds, lengths, pattern, listed values, members,
//! items, further shapes that apply (`also`), and one union. Shapes live in an arena and refer to each other by index,
//! which makes recursive types plain data. The discriminator of a union (a member with a different constant in each
//! branch: the tag) is found after all shapes are compiled, since it may be behind a reference.

use regex::Regex;
use serde_json::{Map, Value};

use super::bound::Bounds;

/// The index of a shape in [`Shapes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ShapeId(usize);

/// The shapes of all parameters of one function.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shapes {
    arena: Vec<Shape>,
}

/// The JSON types that a value may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kinds(u8);

impl Kinds {
    pub(crate) const NULL: Self = Self(1);
    pub(crate) const BOOLEAN: Self = Self(1 << 1);
    pub(crate) const INTEGER: Self = Self(1 << 2);
    /// Numbers with a fraction; a shape that has them also has the integers.
    pub(crate) const FRACTION: Self = Self(1 << 3);
    pub(crate) const STRING: Self = Self(1 << 4);
    pub(crate) const ARRAY: Self = Self(1 << 5);
    pub(crate) const OBJECT: Self = Self(1 << 6);
    const NUMBER: Self = Self(1 << 2 | 1 << 3);
    const NONE: Self = Self(0);
    pub(crate) const ALL: Self = Self(0x7f);

    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn both(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    fn from_word(word: &str) -> Self {
        match word {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" => Self::INTEGER,
            "number" => Self::NUMBER,
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            _ => Self::ALL,
        }
    }

    /// The names of the types, except for `null`, which means that the value may be absent.
    pub(crate) fn words(self) -> Vec<&'static str> {
        const WORDS: [(Kinds, &str); 5] = [
            (Kinds::STRING, "a string"),
            (Kinds::INTEGER, "an integer"),
            (Kinds::BOOLEAN, "a boolean"),
            (Kinds::OBJECT, "an object"),
            (Kinds::ARRAY, "an array"),
        ];
        if self == Self::NULL {
            return vec!["null"];
        }
        let words = WORDS.iter().filter(|(kind, _)| self.has(*kind));
        let words = words.map(|(kind, word)| match *kind {
            Self::INTEGER if self.has(Self::FRACTION) => "a number",
            _ => word,
        });
        words.collect()
    }
}

/// The constraints on a value.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    /// The types allowed by the shape itself.
    pub kinds: Kinds,
    /// The subset that the shapes it refers to also allow.
    admitted: Kinds,
    /// The only values allowed; any if empty.
    pub listed: Vec<Value>,
    pub bounds: Bounds,
    pub least: Option<u64>,
    pub most: Option<u64>,
    pub format: Option<Box<str>>,
    pub pattern: Option<Regex>,
    /// True if its constraints exclude values that a decoder of the same type may accept.
    pub is_narrow: bool,
    pub members: Option<Members>,
    /// The first items of a tuple.
    pub places: Vec<ShapeId>,
    pub items: Option<ShapeId>,
    /// Further shapes that apply.
    pub also: Vec<ShapeId>,
    pub union: Option<Union>,
}

/// The members of an object.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members {
    pub declared: Vec<Member>,
    pub rest: Rest,
}

#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub name: Box<str>,
    pub shape: ShapeId,
    pub required: bool,
}

/// The rule for undeclared members.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Rest {
    /// The schema does not mention them, and decoders ignore them.
    #[default]
    Ignored,
    Any,
    Refused,
    Are(ShapeId),
}

impl Members {
    pub(crate) fn get(&self, name: &str) -> Option<&Member> {
        self.declared.iter().find(|member| *member.name == *name)
    }

    /// Returns `true` if there is a shape for the member called `name`.
    pub(crate) fn takes(&self, name: &str) -> bool {
        matches!(self.rest, Rest::Any | Rest::Are(_)) || self.get(name).is_some()
    }
}

/// A value that matches one of several shapes.
#[derive(Clone, Debug)]
pub(crate) struct Union {
    pub branches: Vec<ShapeId>,
    pub tag: Option<Tag>,
}

/// The member whose value discriminates the branches that are objects.
#[derive(Clone, Debug)]
pub(crate) struct Tag {
    pub member: Box<str>,
    pub values: Vec<(Box<str>, ShapeId)>,
}

impl Shapes {
    /// The shape of any value.
    pub(crate) const ANY: ShapeId = ShapeId(0);

    pub(crate) fn get(&self, id: ShapeId) -> &Shape {
        &self.arena[id.0]
    }

    /// The types that a value of this shape may have.
    pub(crate) fn kinds(&self, id: ShapeId) -> Kinds {
        self.get(id).admitted
    }

    /// Removes from each shape the types that the shapes it refers to do not allow, until nothing changes.
    ///
    /// A fixed point: at most as many rounds as there are types to remove, in a function that runs once.
    fn admit(&mut self) {
        loop {
            let narrowed: Vec<Kinds> = self
                .arena
                .iter()
                .map(|shape| self.narrowed(shape))
                .collect();
            let mut is_changed = false;
            for (shape, kinds) in self.arena.iter_mut().zip(narrowed) {
                is_changed |= shape.admitted != kinds;
                shape.admitted = kinds;
            }
            if !is_changed {
                return;
            }
        }
    }

    fn narrowed(&self, shape: &Shape) -> Kinds {
        let also = shape.also.iter();
        let kinds = also.fold(shape.admitted, |kinds, also| kinds.both(self.kinds(*also)));
        match &shape.union {
            None => kinds,
            Some(union) => {
                let branches = union.branches.iter();
                kinds.both(branches.fold(Kinds::NONE, |any, branch| any.and(self.kinds(*branch))))
            }
        }
    }

    /// The members of a value of this shape, independent of its branch.
    pub(crate) fn members(&self, id: ShapeId) -> Option<&Members> {
        self.found(id, 8, &|shape| shape.members.as_ref())
    }

    /// The only values of this shape, if they are listed.
    pub(crate) fn listed(&self, id: ShapeId) -> Option<&[Value]> {
        self.found(id, 8, &|shape| {
            Some(shape.listed.as_slice()).filter(|listed| !listed.is_empty())
        })
    }

    /// The union of this shape, if there is one.
    pub(crate) fn union(&self, id: ShapeId) -> Option<&Union> {
        self.found(id, 8, &|shape| shape.union.as_ref())
    }

    fn found<'s, R>(
        &'s self,
        id: ShapeId,
        depth: u8,
        find: &impl Fn(&'s Shape) -> Option<R>,
    ) -> Option<R> {
        let shape = self.get(id);
        find(shape).or_else(|| {
            let depth = depth.checked_sub(1)?;
            let mut also = shape.also.iter();
            also.find_map(|also| self.found(*also, depth, find))
        })
    }

    /// The only string allowed for the member.
    fn constant(&self, id: ShapeId, member: &str) -> Option<&str> {
        let shape = self.found(id, 8, &|shape| shape.members.as_ref()?.get(member))?;
        match self.get(shape.shape).listed.as_slice() {
            [Value::String(only)] if shape.required => Some(only),
            _ => None,
        }
    }

    /// The tag of a union, if its objects have one.
    fn tag(&self, branches: &[ShapeId]) -> Option<Tag> {
        let is_object = |id: &ShapeId| self.kinds(*id).has(Kinds::OBJECT) && !self.is_any(*id);
        let objects: Vec<ShapeId> = branches.iter().copied().filter(is_object).collect();
        let candidates = &self.members(*objects.first()?)?.declared;
        candidates.iter().find_map(|candidate| {
            let values = objects.iter().map(|object| {
                let value = self.constant(*object, &candidate.name)?;
                Some((Box::from(value), *object))
            });
            Some(Tag {
                member: candidate.name.clone(),
                values: values.collect::<Option<_>>()?,
            })
        })
    }

    /// Returns `true` if any value has this shape.
    pub(crate) fn is_any(&self, id: ShapeId) -> bool {
        let shape = self.get(id);
        shape.kinds == Kinds::ALL
            && shape.listed.is_empty()
            && shape.union.is_none()
            && shape.also.is_empty()
            && shape.members.is_none()
    }

    /// Returns `true` if the empty string does not match this shape, so that a client may send it for an absent value.
    pub(crate) fn is_unwritten(&self, id: ShapeId) -> bool {
        const SCALARS: Kinds = Kinds(0b1111);
        let kinds = self.kinds(id);
        match (self.listed(id), self.union(id)) {
            (Some(listed), _) => listed
                .iter()
                .all(|value| value.as_str().map_or(value.is_null(), |it| !it.is_empty())),
            (None, Some(union)) if kinds.has(Kinds::STRING) => {
                let mut branches = union.branches.iter();
                branches.all(|branch| self.is_unwritten(*branch))
            }
            _ => kinds.both(SCALARS) == kinds,
        }
    }

    /// Returns `true` if a decoder may accept a value that does not match this shape: a list for an object, a number
    /// that is too large.
    ///
    /// If it is false, a decoded value is not checked again: the hot path of scalars.
    pub(crate) fn needs_check(&self, root: ShapeId) -> bool {
        self.any_within(vec![root], &|id| {
            let shape = self.get(id);
            shape.members.is_some() || shape.admits_only_objects() || shape.is_narrow
        })
    }

    /// Returns `true` if a decoder may backtrack repeatedly: for recursive branches without a tag.
    ///
    /// serde decodes an untagged enum by trying its branches; if such an enum contains itself, each level multiplies
    /// the work. The value is then weighed before it is decoded (`fit/weight.rs`).
    pub(crate) fn retries(&self, root: ShapeId) -> bool {
        self.any_within(vec![root], &|id| {
            let Some(union) = self.get(id).union.as_ref() else {
                return false;
            };
            let branches = &union.branches;
            let alike = |(at, one): (usize, &ShapeId)| {
                branches
                    .iter()
                    .skip(at + 1)
                    .any(|other| self.are_alike(*one, *other))
            };
            union.tag.is_none()
                && branches.iter().enumerate().any(alike)
                && self.any_within(branches.clone(), &|inner| inner == id)
        })
    }

    /// Returns `true` if a value of one shape may be mistaken for a value of the other.
    fn are_alike(&self, one: ShapeId, other: ShapeId) -> bool {
        let kinds = self.kinds(one).both(self.kinds(other));
        if kinds.has(Kinds::ARRAY) {
            return true;
        }
        if !kinds.has(Kinds::OBJECT) {
            return false;
        }
        match (self.members(one), self.members(other)) {
            (Some(one), Some(other)) => {
                let mut names = one.declared.iter().map(|member| &*member.name);
                let mut others = other.declared.iter().map(|member| &*member.name);
                names.any(|name| other.takes(name))
                    || others.any(|name| one.takes(name))
                    || matches!((one.rest, other.rest), (Rest::Are(_), Rest::Are(_)))
            }
            _ => false,
        }
    }

    /// Returns `true` if one of the shapes reachable from `open` is wanted.
    fn any_within(&self, mut open: Vec<ShapeId>, wanted: &impl Fn(ShapeId) -> bool) -> bool {
        let mut seen = vec![false; self.arena.len()];
        while let Some(id) = open.pop() {
            if std::mem::replace(&mut seen[id.0], true) {
                continue;
            }
            if wanted(id) {
                return true;
            }
            let shape = self.get(id);
            open.extend(shape.also.iter().chain(&shape.places).chain(&shape.items));
            open.extend(shape.union.iter().flat_map(|union| &union.branches));
            if let Some(members) = &shape.members {
                open.extend(members.declared.iter().map(|member| member.shape));
                if let Rest::Are(rest) = members.rest {
                    open.push(rest);
                }
            }
        }
        false
    }
}

/// Compiles schemas that may refer to `defs`.
pub(crate) struct Compiler<'s> {
    defs: &'s Map<String, Value>,
    named: Vec<(&'s str, ShapeId)>,
    shapes: Shapes,
}

impl<'s> Compiler<'s> {
    pub(crate) fn new(defs: &'s Map<String, Value>) -> Self {
        Self {
            defs,
            named: Vec::new(),
            shapes: Shapes {
                arena: vec![Shape::any()],
            },
        }
    }

    /// Ends the compilation: discriminators are known only after all shapes are compiled.
    pub(crate) fn finish(mut self) -> Shapes {
        for shape in &mut self.shapes.arena {
            shape.admitted = shape.kinds;
        }
        self.shapes.admit();
        let tags: Vec<Option<Tag>> = self
            .shapes
            .arena
            .iter()
            .map(|shape| self.shapes.tag(&shape.union.as_ref()?.branches))
            .collect();
        for (shape, tag) in self.shapes.arena.iter_mut().zip(tags) {
            if let Some(union) = &mut shape.union {
                union.tag = tag;
            }
        }
        self.shapes
    }

    pub(crate) fn compile(&mut self, schema: &'s Value) -> ShapeId {
        let id = ShapeId(self.shapes.arena.len());
        self.shapes.arena.push(Shape::any());
        self.shapes.arena[id.0] = self.shape(schema);
        id
    }

    fn shape(&mut self, schema: &'s Value) -> Shape {
        let mut shape = Shape::any();
        let Value::Object(keywords) = schema else {
            return shape;
        };
        shape.read_scalars(keywords);
        if let Some(named) = keywords.get("$ref").and_then(Value::as_str) {
            shape.also.extend(self.reference(named));
        }
        shape.members = self.members(keywords);
        shape.places = self.each(keywords.get("prefixItems"));
        shape.items = keywords
            .get("items")
            .filter(|items| items.is_object())
            .map(|items| self.compile(items));
        let all = self.each(keywords.get("allOf"));
        shape.also.extend(all);
        let mut unions = ["oneOf", "anyOf"]
            .iter()
            .filter_map(|key| keywords.get(*key));
        if let Some(branches) = unions.next() {
            self.unite(&mut shape, branches);
        }
        for branches in unions {
            let mut other = Shape::any();
            self.unite(&mut other, branches);
            shape.also.push(ShapeId(self.shapes.arena.len()));
            self.shapes.arena.push(other);
        }
        shape
    }

    fn each(&mut self, schemas: Option<&'s Value>) -> Vec<ShapeId> {
        let schemas = schemas.and_then(Value::as_array).into_iter().flatten();
        schemas.map(|schema| self.compile(schema)).collect()
    }

    fn reference(&mut self, reference: &str) -> Option<ShapeId> {
        let (name, schema) = self
            .defs
            .get_key_value(reference.strip_prefix("#/$defs/")?)?;
        if let Some((_, id)) = self.named.iter().find(|(known, _)| *known == name) {
            return Some(*id);
        }
        self.named.push((name, ShapeId(self.shapes.arena.len())));
        Some(self.compile(schema))
    }

    fn members(&mut self, keywords: &'s Map<String, Value>) -> Option<Members> {
        let names = |key: &str| keywords.get(key).and_then(Value::as_array);
        let is_required =
            |name: &str| names("required").is_some_and(|names| names.iter().any(|it| it == name));
        let properties = keywords.get("properties").and_then(Value::as_object);
        let declared: Vec<Member> = properties
            .into_iter()
            .flatten()
            .map(|(name, schema)| Member {
                name: name.as_str().into(),
                shape: self.compile(schema),
                required: is_required(name),
            })
            .collect();
        let patterns = keywords.get("patternProperties").and_then(Value::as_object);
        let said = |value: bool| {
            ["additionalProperties", "unevaluatedProperties"]
                .iter()
                .any(|key| keywords.get(*key) == Some(&Value::Bool(value)))
        };
        let rest = match (keywords.get("additionalProperties"), patterns) {
            (Some(schema @ Value::Object(_)), _) => Rest::Are(self.compile(schema)),
            (_, Some(patterns)) if patterns.len() == 1 => patterns
                .values()
                .next()
                .map_or(Rest::Any, |schema| Rest::Are(self.compile(schema))),
            (_, Some(_)) => Rest::Any,
            (_, None) if said(false) => Rest::Refused,
            (_, None) if said(true) => Rest::Any,
            _ => Rest::Ignored,
        };
        let says_nothing = declared.is_empty() && matches!(rest, Rest::Ignored);
        (!says_nothing).then_some(Members { declared, rest })
    }

    /// Adds a union to `shape`: constants become one branch, `null` a type, nested unions are merged.
    fn unite(&mut self, shape: &mut Shape, branches: &'s Value) {
        let branches = branches.as_array().into_iter().flatten();
        let (mut united, mut constants, mut is_nullable) = (Vec::new(), Vec::new(), false);
        for branch in branches {
            let compiled = self.shape(branch);
            if compiled.kinds == Kinds::NULL {
                is_nullable = true;
            } else if compiled.kinds == Kinds::STRING && !compiled.listed.is_empty() {
                constants.extend(compiled.listed);
            } else {
                match compiled.union {
                    Some(inner) if compiled.members.is_none() && compiled.also.is_empty() => {
                        united.extend(inner.branches);
                    }
                    _ => {
                        united.push(ShapeId(self.shapes.arena.len()));
                        self.shapes.arena.push(compiled);
                    }
                }
            }
        }
        let mut add = |shape: Shape| {
            let id = ShapeId(self.shapes.arena.len());
            self.shapes.arena.push(shape);
            id
        };
        if !constants.is_empty() {
            united.insert(
                0,
                add(Shape {
                    kinds: Kinds::STRING,
                    listed: constants,
                    ..Shape::any()
                }),
            );
        }
        if is_nullable {
            united.push(add(Shape {
                kinds: Kinds::NULL,
                ..Shape::any()
            }));
        }
        match united.as_slice() {
            [] => {}
            [only] => shape.also.push(*only),
            _ => {
                shape.union = Some(Union {
                    branches: united,
                    tag: None,
                });
            }
        }
    }
}

impl Shape {
    fn admits_only_objects(&self) -> bool {
        self.kinds == Kinds::OBJECT
    }

    fn any() -> Self {
        Self {
            kinds: Kinds::ALL,
            admitted: Kinds::ALL,
            listed: Vec::new(),
            bounds: Bounds::default(),
            least: None,
            most: None,
            format: None,
            pattern: None,
            is_narrow: false,
            members: None,
            places: Vec::new(),
            items: None,
            also: Vec::new(),
            union: None,
        }
    }

    fn read_scalars(&mut self, keywords: &Map<String, Value>) {
        self.kinds = match keywords.get("type") {
            Some(Value::String(word)) => Kinds::from_word(word),
            Some(Value::Array(words)) => words
                .iter()
                .filter_map(Value::as_str)
                .fold(Kinds::NONE, |kinds, word| kinds.and(Kinds::from_word(word))),
            _ => Kinds::ALL,
        };
        if let Some(Value::Array(listed)) = keywords.get("enum") {
            self.listed.clone_from(listed);
        } else if let Some(only) = keywords.get("const") {
            self.listed = vec![only.clone()];
        }
        self.format = keywords
            .get("format")
            .and_then(Value::as_str)
            .map(Box::from);
        self.bounds = Bounds::read(keywords);
        let length = |keys: [&str; 3]| keys.iter().find_map(|key| keywords.get(*key)?.as_u64());
        self.least = length(["minLength", "minItems", "minProperties"]);
        self.most = length(["maxLength", "maxItems", "maxProperties"]);
        let pattern = keywords.get("pattern").and_then(Value::as_str);
        // A pattern that `regex` does not support is left to the decoder.
        self.pattern = pattern.and_then(|pattern| Regex::new(pattern).ok());
        // The decoder of an array of a fixed length checks it.
        let is_fixed = self.kinds == Kinds::ARRAY && self.least == self.most;
        self.is_narrow = self.bounds.are_narrow(keywords)
            || self.pattern.is_some()
            || (self.least.is_some() || self.most.is_some()) && !is_fixed;
    }
}
