//! Words out of a list.

use quote::quote;
use syn::LitStr;

use crate::args::table::setting::Set;
use crate::diag::{Errors, err, nearest};

/// The meaning of the word, if it is one of `known`.
pub(crate) fn word<T: Copy>(
    set: &Set<String>,
    known: &[(&str, T)],
    errors: &mut Errors,
) -> Option<T> {
    let (key, text) = (&set.name, set.value.as_str());
    if let Some((_, meaning)) = known.iter().find(|(name, _)| *name == text) {
        return Some(*meaning);
    }
    let help = match nearest(text, known.iter().map(|(name, _)| *name)) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("`{key}` is {}", alternatives(known)),
    };
    errors.push(err!(set.at, "unknown `{key}` \"{text}\"").help(help));
    None
}

/// Reports a text that is among the `earlier` ones of its list.
pub(crate) fn check_repeated(earlier: &[LitStr], text: &LitStr, errors: &mut Errors) {
    if earlier.iter().any(|it| it.value() == text.value()) {
        errors.push(err!(text, "\"{}\" is listed twice", text.value()).help("keep one of them"));
    }
}

/// The meanings of the words, each of which is one of `known` and there once.
pub(crate) fn words<T: Copy>(
    set: &Set<Vec<LitStr>>,
    known: &[(&str, T)],
    errors: &mut Errors,
) -> Vec<T> {
    let mut meanings = Vec::new();
    for (at, text) in set.value.iter().enumerate() {
        let one = Set {
            name: set.name.clone(),
            value: text.value(),
            at: quote!(#text),
        };
        let Some(meaning) = word(&one, known, errors) else {
            continue;
        };
        check_repeated(&set.value[..at], text, errors);
        meanings.push(meaning);
    }
    meanings
}

/// `"a", "b" or "c"`
fn alternatives<T>(known: &[(&str, T)]) -> String {
    let names: Vec<String> = known
        .iter()
        .map(|(name, _)| format!("\"{name}\""))
        .collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use quote::{format_ident, quote};

    use super::*;

    #[test]
    fn other_words_are_answered_with_the_known_ones() {
        let known = [("principal", 1), ("ip", 2), ("all", 3)];
        let outcome = |text: &str| {
            let mut errors = Errors::default();
            let set = Set {
                name: format_ident!("per"),
                value: text.to_owned(),
                at: quote!(#text),
            };
            (word(&set, &known, &mut errors), errors.messages().concat())
        };
        assert_eq!(outcome("all"), (Some(3), String::new()));
        assert_eq!(
            outcome("pricipal").1,
            "unknown `per` \"pricipal\"\n\nhelp: did you mean \"principal\"?"
        );
        assert_eq!(
            outcome("user").1,
            "unknown `per` \"user\"\n\nhelp: `per` is \"principal\", \"ip\" or \"all\""
        );
    }
}
