//! The beginning of a text of a caller, for the log: the length of a line is bounded.

use std::fmt::{self, Display, Write};

/// The maximum number of characters of one value, and of the arguments of a call, in a log record.
const LINE: usize = 1_000;
const ARGUMENTS: usize = 8_000;

/// Shows the beginning of a value, and how much more there is.
pub(crate) struct Brief<T> {
    value: T,
    most: usize,
}

impl<T: Display> Brief<T> {
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

impl<T: Display> Display for Brief<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut beginning = Beginning {
            to: f,
            room: self.most,
            more: 0,
        };
        write!(beginning, "{}", self.value)?;
        match beginning.more {
            0 => Ok(()),
            more => write!(f, ".. ({more} bytes more)"),
        }
    }
}

/// Passes characters on while there is room, and counts the bytes of the rest.
struct Beginning<'a, 'f> {
    to: &'a mut fmt::Formatter<'f>,
    room: usize,
    more: usize,
}

impl Write for Beginning<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = text
            .char_indices()
            .nth(self.room)
            .map_or(text.len(), |(end, _)| end);
        let (shown, rest) = text.split_at(end);
        self.room -= shown.chars().count();
        self.more += rest.len();
        self.to.write_str(shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_is_shown_whole_and_a_long_one_in_part() {
        assert_eq!(Brief::line("né").to_string(), "né");
        let whole = "é".repeat(LINE);
        assert_eq!(Brief::line(&whole).to_string(), whole);
        let long = format!("{whole}é!");
        assert_eq!(
            Brief::line(&long).to_string(),
            format!("{whole}.. (3 bytes more)")
        );
        let pieces = format_args!("{whole}{whole}").to_string();
        assert_eq!(
            Brief::line(format_args!("{whole}{whole}")).to_string(),
            Brief::line(pieces).to_string()
        );
    }
}
