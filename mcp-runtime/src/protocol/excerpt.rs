//! Text of a caller as responses, logs and audit records repeat it: cut, so that none of them grows with it.

use std::borrow::Cow;

/// The maximum number of characters that are repeated.
pub(crate) const MOST: usize = 200;

/// Returns `text` as it is repeated: a longer one is cut after [`MOST`] characters and followed by its length.
pub(crate) fn excerpt(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(MOST) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}… ({} bytes)", &text[..end], text.len())),
    }
}

/// Returns the words of serde, which repeat what it could not read.
pub(crate) fn excerpt_of(error: &serde_json::Error) -> String {
    excerpt(&error.to_string()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters_and_its_length_is_told() {
        let at_most = "é".repeat(MOST);
        assert_eq!(excerpt(&at_most), at_most);
        assert_eq!(excerpt(""), "");
        let longer = "🦀".repeat(MOST + 1);
        let cut = excerpt(&longer);
        assert_eq!(cut, format!("{}… (804 bytes)", "🦀".repeat(MOST)));
    }
}
