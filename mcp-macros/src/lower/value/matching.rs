//! The search of a text for a regular expression, for defaults and examples.
//!
//! Backtracking over the parsed expression, with a maximum of steps; a text that takes more is left to the start.

use regex_syntax::hir::{Class, Hir, HirKind, Look, Repetition};

const STEPS: usize = 20_000;

/// Reports whether the expression is found in `text`; `None` where it takes too long, or is not understood.
pub(crate) fn is_found(expression: &Hir, text: &str) -> Option<bool> {
    let mut search = Search {
        text,
        steps: STEPS,
        is_unknown: false,
    };
    let starts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    let found = starts
        .into_iter()
        .any(|start| search.matches(expression, start, &mut |_, _| true));
    (found || !search.is_unknown).then_some(found)
}

struct Search<'t> {
    text: &'t str,
    steps: usize,
    is_unknown: bool,
}

/// The rest of a match, from the place where its first part ends.
type Rest<'r, 't> = &'r mut dyn FnMut(&mut Search<'t>, usize) -> bool;

impl<'t> Search<'t> {
    fn matches(&mut self, part: &Hir, at: usize, rest: Rest<'_, 't>) -> bool {
        if self.steps == 0 {
            self.is_unknown = true;
            return false;
        }
        self.steps -= 1;
        match part.kind() {
            HirKind::Empty => rest(self, at),
            HirKind::Literal(literal) => {
                let after = self.text.as_bytes().get(at..).unwrap_or_default();
                after.starts_with(&literal.0) && rest(self, at + literal.0.len())
            }
            HirKind::Class(class) => match self.text.get(at..).and_then(|it| it.chars().next()) {
                Some(c) if contains(class, c) => rest(self, at + c.len_utf8()),
                _ => false,
            },
            HirKind::Look(look) => self.looks(*look, at) && rest(self, at),
            HirKind::Capture(capture) => self.matches(&capture.sub, at, rest),
            HirKind::Concat(parts) => self.sequence(parts, at, rest),
            HirKind::Alternation(parts) => parts.iter().any(|part| self.matches(part, at, rest)),
            HirKind::Repetition(repetition) => self.repeated(repetition, 0, at, rest),
        }
    }

    fn sequence(&mut self, parts: &[Hir], at: usize, rest: Rest<'_, 't>) -> bool {
        match parts {
            [] => rest(self, at),
            [first, others @ ..] => self.matches(first, at, &mut |search, at| {
                search.sequence(others, at, rest)
            }),
        }
    }

    fn repeated(
        &mut self,
        repetition: &Repetition,
        count: u32,
        at: usize,
        rest: Rest<'_, 't>,
    ) -> bool {
        let may_go_on = repetition.max.is_none_or(|max| count < max);
        let more = may_go_on
            && self.matches(&repetition.sub, at, &mut |search, next| {
                // An empty round adds nothing once there are enough of them.
                (next > at || count < repetition.min)
                    && search.repeated(repetition, count + 1, next, rest)
            });
        more || (count >= repetition.min && rest(self, at))
    }

    fn looks(&mut self, look: Look, at: usize) -> bool {
        match look {
            Look::Start => at == 0,
            Look::End => at == self.text.len(),
            _ => {
                self.is_unknown = true;
                true
            }
        }
    }
}

fn contains(class: &Class, c: char) -> bool {
    match class {
        Class::Unicode(class) => class
            .iter()
            .any(|range| range.start() <= c && c <= range.end()),
        Class::Bytes(class) => {
            let byte = u8::try_from(c).ok().filter(u8::is_ascii);
            byte.is_some_and(|c| {
                class
                    .iter()
                    .any(|range| range.start() <= c && c <= range.end())
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_matched() {
        let found = |pattern: &str, text: &str| {
            is_found(&regex_syntax::Parser::new().parse(pattern).unwrap(), text)
        };
        for (pattern, text, expected) in [
            ("^[a-z]+$", "abc", true),
            ("^[a-z]+$", "A1", false),
            ("[a-z]", "A1b", true),
            ("^(a|bc){2,3}$", "abca", true),
            ("^(a|bc){2,3}$", "a", false),
            ("^(ab?)*c?$", "aabac", true),
            (r"^\d{4}-\d{2}$", "2026-07", true),
            (r"^\d{4}-\d{2}$", "26-07", false),
            ("^(?:|x)*$", "xx", true),
            ("é", "caf\u{e9}", true),
        ] {
            assert_eq!(found(pattern, text), Some(expected), "{pattern} {text}");
        }
        assert_eq!(found("^(a*)*b$", &"a".repeat(40)), None);
        assert_eq!(found(r"\bx", "yz"), None);
    }
}
