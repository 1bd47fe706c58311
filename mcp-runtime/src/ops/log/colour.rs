//! The colours of levels on a terminal.

/// The levels, and the number of the colour of each (ECMA-48, select graphic rendition).
const LEVELS: [(&str, &str); 5] = [
    ("ERROR", "31"),
    (" WARN", "33"),
    (" INFO", "32"),
    ("DEBUG", "34"),
    ("TRACE", "35"),
];

/// Returns a record, which begins with its time and its level, with the level coloured.
pub(super) fn coloured(record: &[u8]) -> Vec<u8> {
    let time = record.iter().position(|byte| *byte == b' ');
    let (time, rest) = record.split_at(time.map_or(0, |time| time + 1));
    for (level, colour) in LEVELS {
        if let Some(rest) = rest.strip_prefix(level.as_bytes()) {
            let level = format!("\x1b[{colour}m{level}\x1b[0m");
            return [time, level.as_bytes(), rest].concat();
        }
    }
    record.to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_in_colour_and_the_rest_is_not() {
        let text = |record: &str| String::from_utf8(coloured(record.as_bytes())).unwrap();
        assert_eq!(
            text("2026-07-28T09:30:00Z  WARN a: WARN\n"),
            "2026-07-28T09:30:00Z \x1b[33m WARN\x1b[0m a: WARN\n"
        );
        assert_eq!(
            text("2026-07-28T09:30:00Z ERROR a\n"),
            "2026-07-28T09:30:00Z \x1b[31mERROR\x1b[0m a\n"
        );
        assert_eq!(text("something else"), "something else");
    }
}
