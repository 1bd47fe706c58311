//! The self-reported name, title and version of a client (`clientInfo`): for display and logs, never for decisions.

use serde::{Deserialize, Serialize};

use super::json::{Object, RawStr};

/// The maximum number of characters that are kept of each.
const MOST: usize = 128;

/// The names of a client. Each is cut to 128 characters, and control characters are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ClientNames {
    pub name: Option<Box<str>>,
    pub title: Option<Box<str>>,
    pub version: Option<Box<str>>,
}

impl ClientNames {
    /// Reads an `Implementation` object; a member that is empty or not a string is absent.
    pub(crate) fn read(json: &[u8]) -> Self {
        let members = serde_json::from_slice::<Object<'_>>(json).unwrap_or_default();
        let text = |member| members.get(member).and_then(shortened);
        Self {
            name: text("name"),
            title: text("title"),
            version: text("version"),
        }
    }
}

fn shortened(raw: RawStr<'_>) -> Option<Box<str>> {
    let text: String = serde_json::from_str(raw.get()).ok()?;
    let kept = text.chars().filter(|c| !c.is_control()).take(MOST);
    let kept: String = kept.collect();
    (!kept.is_empty()).then(|| kept.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_of_another_type_is_absent_and_a_long_one_is_cut() {
        let json = format!(
            r#"{{"name":"{}","title":"a\nb\u0007","version":3}}"#,
            "é".repeat(MOST + 1)
        );
        let names = ClientNames::read(json.as_bytes());
        assert_eq!(names.name.as_deref(), Some(&*"é".repeat(MOST)));
        assert_eq!(names.title.as_deref(), Some("ab"));
        assert_eq!(names.version, None);
        for other in [
            "null",
            "[]",
            "3",
            "",
            r#"{"name":""}"#,
            r#"{"name":"\ud800"}"#,
        ] {
            let names = ClientNames::read(other.as_bytes());
            assert_eq!(names, ClientNames::default(), "{other}");
        }
    }
}
