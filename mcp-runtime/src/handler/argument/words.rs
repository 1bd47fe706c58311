//! The texts about shapes, and about values that do not match them.
//!
//! All sentences about values are here, so that a mistake has the same text however it was found. They state the
//! expectation, then the value: `must be an integer, was "one"`.

use std::fmt::Display;

use serde_json::Value;

use super::fit::broken::Broken;
use super::fit::tape::Node;
use super::path::{Name, Path};
use super::problem::{Fault, Given, nearest};
use crate::schema::shape::{Kinds, Members, Rest, ShapeId, Shapes};

/// The maximum number of values that a text lists.
const LISTED: usize = 50;

/// Describes a shape: `an integer`, `one of "a", "b"`, `a string or an object with one of the members ..`.
pub(super) fn expected(shapes: &Shapes, id: ShapeId) -> Option<String> {
    expected_within(shapes, id, 4)
}

fn expected_within(shapes: &Shapes, id: ShapeId, depth: u8) -> Option<String> {
    if let Some(listed) = shapes.listed(id) {
        let listed: Vec<String> = listed.iter().map(Value::to_string).collect();
        return Some(one_of(&listed));
    }
    let (Some(union), Some(depth)) = (shapes.union(id), depth.checked_sub(1)) else {
        let kinds = shapes.kinds(id);
        return joined(&kinds.words()).filter(|_| kinds != Kinds::ALL);
    };
    let mut words: Vec<String> = Vec::new();
    let mut members: Vec<&str> = Vec::new();
    for branch in &union.branches {
        let only = shapes.members(*branch).and_then(only_member);
        match only.filter(|_| union.tag.is_none()) {
            Some(member) => members.push(member),
            None if shapes.is_any(*branch) => return None,
            None => {
                let word =
                    expected_within(shapes, *branch, depth).filter(|word| !words.contains(word));
                words.extend(word);
            }
        }
    }
    match members.as_slice() {
        [] => {}
        [only] => words.push(format!("an object with the member `{only}`")),
        _ => words.push(format!(
            "an object with one of the members `{}`",
            members.join("`, `")
        )),
    }
    joined(&words)
}

fn joined<T: AsRef<str>>(words: &[T]) -> Option<String> {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    (!words.is_empty() && words.len() < 6).then(|| words.join(" or "))
}

/// The member that an object must have, if there is one and no other.
fn only_member(members: &Members) -> Option<&str> {
    match members.declared.as_slice() {
        [only] if only.required && !matches!(members.rest, Rest::Are(_)) => Some(&only.name),
        _ => None,
    }
}

/// `one of "a", "b"`.
pub(super) fn one_of<T: Display>(values: &[T]) -> String {
    let shown: Vec<String> = values
        .iter()
        .take(LISTED)
        .map(ToString::to_string)
        .collect();
    let more = if values.len() > LISTED { ", .." } else { "" };
    match shown.as_slice() {
        [only] => only.clone(),
        _ => format!("one of {}{more}", shown.join(", ")),
    }
}

/// Texts as JSON.
pub(super) fn quoted(texts: &[&str]) -> Vec<Value> {
    texts.iter().map(|text| Value::from(*text)).collect()
}

/// A missing member.
pub(super) fn missing(wanted: Option<String>) -> Fault {
    let wanted = wanted.map(|wanted| format!(" ({wanted})"));
    Fault::new(format!("is missing{}", wanted.unwrap_or_default()))
}

/// A missing tag.
pub(super) fn missing_tag(values: &[&str]) -> Fault {
    missing(Some(one_of(&quoted(values))))
}

/// A value that is none of these texts.
pub(super) fn unlisted(allowed: &[&str], given: Node<'_>) -> Fault {
    let near = given.text().and_then(|text| nearest(&text, allowed));
    let hint = near.map(|near| format!("; did you mean \"{near}\"?"));
    let wanted = one_of(&quoted(allowed));
    Fault::wanted(
        wanted,
        format!("{}{}", shown(given), hint.unwrap_or_default()),
    )
}

/// A value of another type.
pub(super) fn mismatch(shapes: &Shapes, id: ShapeId, given: Node<'_>) -> Fault {
    let wanted =
        expected(shapes, id).unwrap_or_else(|| "of one of the forms in the schema".to_owned());
    if given.kind() != Kinds::OBJECT || !shapes.kinds(id).has(Kinds::OBJECT) {
        return Fault::wanted(wanted, shown(given));
    }
    let branches = shapes.union(id).map(|union| union.branches.as_slice());
    let known: Vec<&str> = branches
        .into_iter()
        .flatten()
        .filter_map(|branch| shapes.members(*branch).and_then(only_member))
        .collect();
    let Some(name) = given.members().next().and_then(|(name, _)| name.text()) else {
        return Fault::wanted(wanted, "an empty object");
    };
    let hint = nearest(&name, &known).map(|near| format!("; did you mean `{near}`?"));
    let hint = hint.unwrap_or_default();
    Fault::wanted(wanted, format!("an object with `{}`{hint}", Name(&name)))
}

/// Describes the constraint of its shape that a value violates.
pub(super) fn broken(
    broken: &Broken,
    node: Node<'_>,
    shapes: &Shapes,
    whole: ShapeId,
    layer: ShapeId,
) -> Fault {
    let shape = shapes.get(layer);
    match broken {
        Broken::Character => half_a_character(),
        Broken::Overflow(says) | Broken::Bound(says) => {
            Fault::new(says.as_str()).showing(format!(", was {}", shown(node)))
        }
        Broken::List => {
            let texts: Vec<&str> = shape.listed.iter().filter_map(Value::as_str).collect();
            let near = node.text().and_then(|text| nearest(&text, &texts));
            let hint = near.map(|near| format!("; did you mean \"{near}\"?"));
            let wanted = expected(shapes, whole).unwrap_or_else(|| one_of(&shape.listed));
            Fault::wanted(
                wanted,
                format!("{}{}", shown(node), hint.unwrap_or_default()),
            )
        }
        Broken::Format(wanted) => Fault::wanted(wanted, shown(node)),
        Broken::Pattern(pattern) => Fault::new(format!("must match the pattern `{pattern}`"))
            .showing(format!(", was {}", shown(node))),
        Broken::Length(length) => {
            let allowed = length_allowed(noun(node), shape.least, shape.most);
            Fault::new(format!("must have {allowed}")).showing(format!(", has {length}"))
        }
    }
}

fn noun(node: Node<'_>) -> (&'static str, &'static str) {
    match node.kind() {
        Kinds::STRING => ("character", "characters"),
        Kinds::ARRAY => ("item", "items"),
        _ => ("entry", "entries"),
    }
}

/// `2 to 4 items`; the noun in singular and plural.
pub(super) fn length_allowed(
    (one, many): (&str, &str),
    least: Option<u64>,
    most: Option<u64>,
) -> String {
    let counted = |count| format!("{count} {}", if count == 1 { one } else { many });
    match (least, most) {
        (Some(least), Some(most)) if least == most => format!("exactly {}", counted(least)),
        (Some(least), Some(most)) => format!("{least} to {}", counted(most)),
        (Some(least), None) => format!("at least {}", counted(least)),
        (None, most) => format!("at most {}", counted(most.unwrap_or_default())),
    }
}

pub(super) fn half_a_character() -> Fault {
    Fault::new("holds half of a character (a surrogate such as \\ud83d without its pair)")
}

/// A name with half of a surrogate pair.
pub(super) fn half_a_name() -> Fault {
    Fault::new("has a member whose name holds half of a character (a surrogate without its pair)")
}

/// An undeclared member.
pub(super) fn unknown_member(path: &Path<'_>, sets: &[&Members]) -> Fault {
    let Path::Entry(_, name) = path else {
        return Fault::new("is not a known member");
    };
    let declared = sets.iter().flat_map(|set| &set.declared);
    let known: Vec<&str> = declared.map(|member| &*member.name).collect();
    let hint = match nearest(name, &known) {
        Some(near) => format!("; did you mean `{near}`?"),
        None if known.is_empty() || known.len() > LISTED => String::new(),
        None => format!("; the members are `{}`", known.join("`, `")),
    };
    Fault::new(format!("is not a known member{hint}"))
}

/// A value as a problem shows it.
pub(super) fn shown(node: Node<'_>) -> String {
    match node.kind() {
        Kinds::STRING => node.text().map_or_else(
            || "half of a character".to_owned(),
            |text| Given(&text).to_string(),
        ),
        Kinds::OBJECT => "an object".to_owned(),
        Kinds::ARRAY => "an array".to_owned(),
        _ => Name(node.raw()).to_string(),
    }
}
