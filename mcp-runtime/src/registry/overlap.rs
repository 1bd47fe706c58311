//! Detects URI templates that match a URI in common: at compile time within one list, at startup across all of them.
//!
//! A template is a sequence of steps, each of which is a literal character, any character of a path segment, or any
//! character at all, and may be repeated. Two sequences are walked in step.
//!
//! If two templates match one URI, the result depends on the order of registration. The check is the intersection of
//! two simple regular languages, decided in `length × length` steps by a walk over both; it is `const`, so that the
//! compiler checks a single list. Templates of more than 256 steps are not compared.

/// Longer templates are not compared.
const MOST: usize = 256;

/// Any character but those that end a segment.
const SEGMENT: u16 = 256;
/// Any character.
const ANY: u16 = 257;
const SLASH: u16 = b'/' as u16;
const QUERY: u16 = b'?' as u16;
const FRAGMENT: u16 = b'#' as u16;
/// Marks a step that may be repeated or skipped.
const AGAIN: u16 = 512;

/// Returns `true` if `a` and `b` are ambiguous: both are templates that match one URI, or both are the same.
pub const fn is_ambiguous(a: &str, b: &str) -> bool {
    let (first, second) = (steps(a.as_bytes()), steps(b.as_bytes()));
    let (Some(first), Some(second)) = (first, second) else {
        return false;
    };
    // A fixed URI is preferred to a template that matches it too.
    first.is_template == second.is_template && overlap(&first, &second)
}

struct Steps {
    step: [u16; MOST],
    length: usize,
    is_template: bool,
}

/// The steps of a template, up to its query or fragment.
const fn steps(template: &[u8]) -> Option<Steps> {
    let mut steps = Steps {
        step: [0; MOST],
        length: 0,
        is_template: false,
    };
    let mut at = 0;
    while at < template.len() {
        if steps.length + 3 > MOST {
            return None;
        }
        if template[at] != b'{' {
            steps.step[steps.length] = template[at] as u16;
            steps.length += 1;
            at += 1;
            continue;
        }
        steps.is_template = true;
        let operator = if at + 1 < template.len() {
            template[at + 1]
        } else {
            0
        };
        let kind = match operator {
            b'?' | b'&' | b'#' => return Some(steps),
            b'+' => ANY,
            _ => SEGMENT,
        };
        if matches!(operator, b'/' | b'.' | b';') {
            steps.step[steps.length] = operator as u16;
            steps.length += 1;
        }
        steps.step[steps.length] = kind;
        steps.step[steps.length + 1] = kind | AGAIN;
        steps.length += 2;
        while at < template.len() && template[at] != b'}' {
            at += 1;
        }
        at += 1;
    }
    Some(steps)
}

/// Returns `true` if some text reaches the end of both.
const fn overlap(a: &Steps, b: &Steps) -> bool {
    // The steps of `b` that are reached together with the current step of `a`, and with the next.
    let (mut here, mut next) = ([false; MOST + 1], [false; MOST + 1]);
    here[0] = true;
    let mut i = 0;
    loop {
        let mut j = 0;
        while j <= b.length {
            if here[j] {
                let (left, right) = (at(a, i), at(b, j));
                let (again, other_again) = (left & AGAIN != 0, right & AGAIN != 0);
                let both = i < a.length && j < b.length && share(left & !AGAIN, right & !AGAIN);
                if j < b.length {
                    here[j + 1] |= other_again || both && again;
                    next[j + 1] |= both;
                }
                next[j] |= again || both && other_again;
            }
            j += 1;
        }
        if i == a.length {
            return here[b.length];
        }
        (here, next) = (next, [false; MOST + 1]);
        i += 1;
    }
}

const fn at(steps: &Steps, place: usize) -> u16 {
    if place < steps.length {
        steps.step[place]
    } else {
        0
    }
}

/// Returns `true` if some character matches both.
const fn share(a: u16, b: u16) -> bool {
    match (a, b) {
        (ANY, _) | (_, ANY) | (SEGMENT, SEGMENT) => true,
        (SEGMENT, other) | (other, SEGMENT) => {
            other != SLASH && other != QUERY && other != FRAGMENT
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::is_ambiguous;

    #[test]
    fn templates_that_match_one_uri_are_ambiguous() {
        for (a, b) in [
            ("shop://items/{id}", "shop://items/{name}"),
            ("shop://{a}/x", "shop://items/{b}"),
            ("shop://{+path}", "shop://items/{id}"),
            ("db://{table}{?limit}", "db://{name}"),
            ("a://{x}-{y}", "a://{z}"),
            ("shop://items", "shop://items"),
        ] {
            assert!(is_ambiguous(a, b) && is_ambiguous(b, a), "{a} {b}");
        }
    }

    #[test]
    fn templates_that_match_different_uris_are_not() {
        for (a, b) in [
            ("shop://items/{id}", "shop://orders/{id}"),
            ("shop://items/{id}", "shop://items/{id}/reviews"),
            ("shop://items/{id}", "shop://items/top"),
            ("a://{x}.json", "a://{x}.xml"),
            ("shop://items", "shop://orders"),
        ] {
            assert!(!is_ambiguous(a, b) && !is_ambiguous(b, a), "{a} {b}");
        }
    }
}
