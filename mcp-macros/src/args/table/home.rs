//! The attributes that have a key, for the error about a key of another attribute.
//!
//! The tables themselves are in later files; a test compares this list with them.

use crate::diag::listed;

/// An attribute, the place where it goes, and its keys.
#[derive(Debug)]
pub(crate) struct Home {
    pub(crate) attribute: &'static str,
    /// The place as in "move it to ..".
    pub(crate) place: &'static str,
    pub(crate) keys: &'static [&'static str],
}

/// The attributes, the most likely ones first.
#[rustfmt::skip]
pub(crate) const HOMES: &[Home] = &[
    Home {
        attribute: "#[arg]",
        place: "the `#[arg(..)]` of a parameter",
        keys: &[
            "default", "length", "range", "pattern", "email", "url", "one_of", "custom", "rename", "example", "redact",
            "header", "complete", "elicit", "alias", "flatten",
        ],
    },
    Home {
        attribute: "#[tool]",
        place: "the `#[tool(..)]` of the function",
        keys: &[
            "name", "title", "description", "icon", "meta", "read_only", "idempotent", "destructive", "open_world",
            "ui", "visible_to", "task", "rate_limit", "timeout", "concurrency", "cache", "retry", "breaker",
            "max_output", "scopes", "visible_if", "audit", "schema", "output", "blocking", "crate",
        ],
    },
    Home {
        attribute: "#[resource]",
        place: "the `#[resource(\"..\", ..)]` of a function",
        keys: &[
            "name", "title", "description", "icon", "meta", "mime_type", "size", "audience", "priority",
            "last_modified", "list", "rate_limit", "timeout", "concurrency", "cache", "retry", "breaker",
            "max_output", "scopes", "visible_if", "audit", "blocking", "crate",
        ],
    },
    Home {
        attribute: "#[prompt]",
        place: "the `#[prompt(..)]` of a function",
        keys: &[
            "name", "title", "description", "icon", "meta", "rate_limit", "timeout", "concurrency", "cache", "retry",
            "breaker", "max_output", "scopes", "visible_if", "audit", "blocking", "crate",
        ],
    },
    Home {
        attribute: "#[server]",
        place: "the `#[server(..)]` of the block",
        keys: &[
            "name", "version", "title", "instructions", "page_size", "describe_rules", "defaults", "part", "parts",
            "crate",
        ],
    },
    Home {
        attribute: "rate_limit(..)",
        place: "`rate_limit(..)`",
        keys: &["quota", "burst", "per", "algorithm"],
    },
    Home { attribute: "concurrency(..)", place: "`concurrency(..)`", keys: &["max", "queue"] },
    Home { attribute: "cache(..)", place: "`cache(..)`", keys: &["ttl", "max_entries", "per"] },
    Home { attribute: "retry(..)", place: "`retry(..)`", keys: &["max", "backoff"] },
    Home { attribute: "breaker(..)", place: "`breaker(..)`", keys: &["failures", "cooldown"] },
    Home { attribute: "#[ready]", place: "the `#[ready(..)]` of a function", keys: &["name", "optional"] },
    Home { attribute: "#[model]", place: "the `#[model(..)]` of a type", keys: &["input", "output", "crate"] },
];

/// The attributes with the key `name`, apart from `other`.
pub(super) fn of(name: &str, other: &str) -> Vec<&'static Home> {
    let knows = |home: &&Home| home.attribute != other && home.keys.contains(&name);
    HOMES.iter().filter(knows).collect()
}

/// The help for a key that only other attributes have; `None` for an unknown key.
pub(super) fn help(name: &str, attribute: &str) -> Option<String> {
    let homes = of(name, attribute);
    let first = homes.first()?;
    let written = listed(homes.iter().map(|home| home.attribute));
    // A function has only one of the three attributes, so that the key has no place there.
    let is_function =
        |attribute: &str| ["#[tool]", "#[resource]", "#[prompt]"].contains(&attribute);
    if is_function(attribute) && homes.iter().all(|home| is_function(home.attribute)) {
        return Some(format!("`{name}` is a key of {written} only: remove it"));
    }
    Some(format!(
        "`{name}` is a key of {written}: move it to {}",
        first.place
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_another_attribute_is_sent_home() {
        assert_eq!(
            help("rate_limit", "#[arg]").as_deref(),
            Some(
                "`rate_limit` is a key of `#[tool]`, `#[resource]` and `#[prompt]`: move it to the `#[tool(..)]` of the function"
            )
        );
        assert_eq!(
            help("length", "#[tool]").as_deref(),
            Some("`length` is a key of `#[arg]`: move it to the `#[arg(..)]` of a parameter")
        );
        assert_eq!(
            help("task", "#[resource]").as_deref(),
            Some("`task` is a key of `#[tool]` only: remove it")
        );
        assert_eq!(
            help("quota", "#[tool]").as_deref(),
            Some("`quota` is a key of `rate_limit(..)`: move it to `rate_limit(..)`")
        );
        assert_eq!(help("colour", "#[tool]"), None);
    }
}
