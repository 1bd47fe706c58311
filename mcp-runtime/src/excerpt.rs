//! Text of a caller as responses, logs and audit records repeat it: cut, so that none of them grows with it.
//!
//! There is one form of the cut: the beginning of the text, an ellipsis, and the length of the whole in bytes.
//!
//! A name of a megabyte in a request would otherwise be a megabyte in the error, the log line and
//! the audit record. The cut counts characters, not bytes, so that no text ends within one.

use std::borrow::Cow;
use std::fmt::{self, Display, Write};

/// The maximum number of characters of a name or a value in an error text.
pub(crate) const MOST: usize = 200;
/// The maximum number of characters of one value in a log record.
const LINE: usize = 1_000;
/// The maximum number of characters of the arguments of a call in a log record.
const ARGUMENTS: usize = 8_000;

/// Returns `text` as errors repeat it: a longer one is cut after [`MOST`] characters and followed by its length.
pub(crate) fn excerpt(text: &str) -> Cow<'_, str> {
    let excerpt = Excerpt {
        value: text,
        most: MOST,
    };
    match text.char_indices().nth(MOST) {
        None => Cow::Borrowed(text),
        Some(_) => Cow::Owned(excerpt.to_string()),
    }
}

/// Returns the message of serde, cut, since it repeats the invalid input.
pub(crate) fn excerpt_of(error: &serde_json::Error) -> String {
    excerpt(&error.to_string()).into_owned()
}

/// Shows the beginning of a value for the log, and the length of the whole if that is longer.
///
/// The value is written piece by piece and not kept: the rest of it is only counted.
pub(crate) struct Excerpt<T> {
    value: T,
    most: usize,
}

impl<T: Display> Excerpt<T> {
    pub(crate) fn line(value: T) -> Self {
        Self { value, most: LINE }
    }

    pub(crate) fn arguments(value: T) -> Self {
        Self {
            value,
            most: ARGUMENTS,
        }
    }
}

impl<T: Display> Display for Excerpt<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut truncated = Truncated {
            to: f,
            room: self.most,
            bytes: 0,
            is_cut: false,
        };
        write!(truncated, "{}", self.value)?;
        let Truncated { bytes, is_cut, .. } = truncated;
        if is_cut { write_cut(f, bytes) } else { Ok(()) }
    }
}

/// Writes the end of a text that was cut: an ellipsis, and the length of the whole.
pub(crate) fn write_cut(to: &mut impl Write, bytes: usize) -> fmt::Result {
    write!(to, "… ({bytes} bytes)")
}

/// Forwards characters up to the maximum, and counts the bytes of the whole text.
struct Truncated<'a, 'f> {
    to: &'a mut fmt::Formatter<'f>,
    room: usize,
    bytes: usize,
    is_cut: bool,
}

impl Write for Truncated<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = text
            .char_indices()
            .nth(self.room)
            .map_or(text.len(), |(end, _)| end);
        let shown = &text[..end];
        self.room -= shown.chars().count();
        self.bytes += text.len();
        self.is_cut |= end < text.len();
        self.to.write_str(shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters_and_its_length_is_reported() {
        let at_most = "é".repeat(MOST);
        assert_eq!(excerpt(&at_most), at_most);
        assert_eq!(excerpt(""), "");
        let longer = "🦀".repeat(MOST + 1);
        let cut = excerpt(&longer);
        assert_eq!(cut, format!("{}… (804 bytes)", "🦀".repeat(MOST)));
    }

    #[test]
    fn a_value_in_pieces_is_cut_like_the_whole() {
        assert_eq!(Excerpt::line("né").to_string(), "né");
        let whole = "é".repeat(LINE);
        assert_eq!(Excerpt::line(&whole).to_string(), whole);
        assert_eq!(
            Excerpt::line(format!("{whole}é!")).to_string(),
            format!("{whole}… (2003 bytes)")
        );
        let pieces = Excerpt::line(format_args!("{whole}{whole}")).to_string();
        assert_eq!(pieces, Excerpt::line(format!("{whole}{whole}")).to_string());
    }
}
