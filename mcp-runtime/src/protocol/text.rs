//! Strings of JSON, eight bytes at a time: finds the end of a part without escapes, reads and writes strings.
//!
//! Invariant: writes and reads exactly as `serde_json` does. This module exists for texts of a megabyte with an escape
//! every few bytes, such as source code.

use std::borrow::Cow;

/// The number of bytes that are processed together.
const WORD: usize = size_of::<u64>();

/// Returns the place of the first byte from `at` on that ends a string or needs an escape; the length of `bytes` if
/// there is none.
#[inline]
pub(super) fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(word) = word(bytes, at) {
        let length = plain(*word);
        at += length;
        if length < WORD {
            return at;
        }
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest
        .iter()
        .position(|byte| is_special(*byte))
        .unwrap_or(rest.len())
}

fn is_special(byte: u8) -> bool {
    byte < 0x20 || matches!(byte, b'"' | b'\\')
}

/// Returns the whole word at `at`.
#[inline]
fn word(bytes: &[u8], at: usize) -> Option<&[u8; WORD]> {
    bytes.get(at..)?.first_chunk()
}

/// Returns the number of bytes of a word before the first one that is a quote, a backslash or a control character.
#[inline]
fn plain(word: [u8; WORD]) -> usize {
    const ONES: u64 = u64::MAX / 0xff;
    const HIGH: u64 = ONES << 7;
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let word = u64::from_le_bytes(word);
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    let quote = zero(word ^ (ONES * u64::from(b'"')));
    let backslash = zero(word ^ (ONES * u64::from(b'\\')));
    // The lowest set bit is the high bit of the first such byte; there is none for a ninth byte.
    ((control | quote | backslash) & HIGH).trailing_zeros() as usize / 8
}

/// Reads a JSON text that is a single string, borrowed if it has no escapes; `None` for anything else, such as half of
/// a surrogate pair.
pub(crate) fn read_string(json: &str) -> Option<Cow<'_, str>> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    if plain_end(inner.as_bytes(), 0) == inner.len() {
        Some(Cow::Borrowed(inner))
    } else {
        unescape(inner.as_bytes()).map(Cow::Owned)
    }
}

fn unescape(bytes: &[u8]) -> Option<String> {
    // A decoded text is never longer than its source; words are copied whole.
    let mut text = vec![0; bytes.len() + WORD];
    let (mut read, mut written) = (0, 0);
    while read < bytes.len() {
        if let Some(word) = word(bytes, read) {
            text.get_mut(written..written + WORD)?.copy_from_slice(word);
            let length = plain(*word);
            (read, written) = (read + length, written + length);
            if length == WORD {
                continue;
            }
        }
        let byte = *bytes.get(read)?;
        read += 1;
        let character = if byte == b'\\' {
            let kind = *bytes.get(read)?;
            read += 1;
            match kind {
                b'"' | b'\\' | b'/' => kind,
                b'b' => 0x08,
                b'f' => 0x0c,
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'u' => {
                    let (character, length) = code(bytes.get(read..)?)?;
                    read += length;
                    let room = text.get_mut(written..)?;
                    written += character.encode_utf8(room).len();
                    continue;
                }
                _ => return None,
            }
        } else if is_special(byte) {
            return None;
        } else {
            byte
        };
        *text.get_mut(written)? = character;
        written += 1;
    }
    text.truncate(written);
    String::from_utf8(text).ok()
}

/// Returns the character of the next four digits, or of two groups of four for a surrogate pair, and their length.
fn code(digits: &[u8]) -> Option<(char, usize)> {
    let first = hex(digits.get(..4)?)?;
    if let Some(character) = char::from_u32(first) {
        return Some((character, 4));
    }
    let (b"\\u", rest) = digits.get(4..)?.split_at_checked(2)? else {
        return None;
    };
    let second = hex(rest.get(..4)?)?;
    let is_pair = (0xd800..0xdc00).contains(&first) && (0xdc00..0xe000).contains(&second);
    let character = 0x1_0000 + ((first & 0x3ff) << 10) + (second & 0x3ff);
    is_pair.then(|| Some((char::from_u32(character)?, 10)))?
}

fn hex(digits: &[u8]) -> Option<u32> {
    let digit = |sum: u32, digit: &u8| Some(sum * 16 + char::from(*digit).to_digit(16)?);
    digits.iter().try_fold(0, digit)
}

/// The size of the pieces in which a text with escapes is assembled.
const PIECE: usize = 1024;

/// Appends `text` as a string of JSON, in its quotes.
pub(crate) fn write_string(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    out.push(b'"');
    let plain = plain_end(bytes, 0);
    out.extend_from_slice(&bytes[..plain]);
    if plain < bytes.len() {
        let rest = &bytes[plain..];
        out.reserve(rest.len() + escapes(rest));
        escape(out, rest);
    }
    out.push(b'"');
}

/// Estimates the number of escapes in a long text by those of its first piece, and a sixteenth of the text more. A buffer
/// that doubles would become twice as large as the text, and be copied for it.
fn escapes(bytes: &[u8]) -> usize {
    let Some(piece) = bytes.first_chunk::<PIECE>() else {
        return 0;
    };
    let special = piece.iter().filter(|byte| is_special(**byte)).count();
    bytes.len() / PIECE * special + bytes.len() / 16
}

fn escape(out: &mut Vec<u8>, bytes: &[u8]) {
    let mut piece = [0; PIECE];
    let (mut read, mut written) = (0, 0);
    while read < bytes.len() {
        if written > PIECE - WORD {
            out.extend_from_slice(&piece[..written]);
            written = 0;
        }
        if let Some(word) = word(bytes, read) {
            piece[written..written + WORD].copy_from_slice(word);
            let length = plain(*word);
            (read, written) = (read + length, written + length);
            if length == WORD {
                continue;
            }
        }
        if written > PIECE - WORD {
            out.extend_from_slice(&piece[..written]);
            written = 0;
        }
        let byte = bytes[read];
        read += 1;
        if !is_special(byte) {
            piece[written] = byte;
            written += 1;
            continue;
        }
        let letter = match byte {
            0x08 => b'b',
            0x0c => b'f',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            b'"' | b'\\' => byte,
            _ => b'u',
        };
        piece[written..written + 2].copy_from_slice(&[b'\\', letter]);
        written += 2;
        if letter == b'u' {
            let digits = [
                b'0',
                b'0',
                b'0' + (byte >> 4),
                b"0123456789abcdef"[usize::from(byte & 0xf)],
            ];
            piece[written..written + 4].copy_from_slice(&digits);
            written += 4;
        }
    }
    out.extend_from_slice(&piece[..written]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_string_is_found_at_every_place() {
        for length in 0..40 {
            for byte in ['"', '\\', '\u{1f}', '\u{0}'] {
                let text = format!("{}{byte}{}", "é".repeat(length), "\"~ \u{7f}".repeat(4));
                assert_eq!(plain_end(text.as_bytes(), 0), 2 * length, "{text:?}");
            }
            assert_eq!(plain_end("x".repeat(length).as_bytes(), 0), length);
        }
    }

    /// Texts of every length around a word, with each character that has an escape.
    fn texts() -> impl Iterator<Item = String> {
        let characters = (0..0x20_u8)
            .map(char::from)
            .chain(['"', '\\', '/', '\u{7f}', 'é', '€', '𝄞']);
        characters.flat_map(|character| {
            (0..20).map(move |length| {
                let around = "x".repeat(length);
                format!("{around}{character}{around}{character}{character}{around}")
            })
        })
    }

    #[test]
    fn a_text_is_written_as_serde_json_writes_it_and_read_again() {
        let long: String = texts().collect();
        for text in texts().chain([String::new(), long]) {
            let mut written = Vec::new();
            write_string(&mut written, &text);
            let written = String::from_utf8(written).unwrap();
            assert_eq!(written, serde_json::to_string(&text).unwrap());
            assert_eq!(read_string(&written).as_deref(), Some(&*text));
        }
    }

    #[test]
    fn the_buffer_of_a_long_text_is_little_larger_than_the_text() {
        let code = "    println!(\"{}\", \"hello\");\n".repeat(10_000);
        let control = "\u{1}".repeat(100_000);
        for (text, most) in [(&code, 8), (&control, 2)] {
            let mut written = Vec::with_capacity(512);
            write_string(&mut written, text);
            let spare = written.capacity() - written.len();
            assert!(
                spare <= written.len() / most,
                "{spare} of {}",
                written.len()
            );
        }
    }

    #[test]
    fn escapes_are_read_as_serde_json_reads_them() {
        let escapes = [
            r"\/\b\f\n\r\t\\",
            "\\\"",
            r"\u0000",
            r"\u00e9\u20AC",
            r"\ud834\udd1e",
            r"\ud834",
            r"\udd1e",
            r"\udd1e\ud834",
            r"\ud834\ud834",
            r"\ud834x",
            r"\ud834\n",
            r"\ud834\u0041",
            r"\uffff",
            r"\udbff\udfff",
            r"\",
            r"\u",
            r"\u00",
            r"\u00g0",
            r"\x",
            "\"",
            "\n",
            "\u{1}",
            "",
        ];
        for escape in escapes {
            for length in 0..20 {
                let text = ["\"", &"x".repeat(length), escape, &"y".repeat(length), "\""].concat();
                let read: Option<String> = serde_json::from_str(&text).ok();
                assert_eq!(read_string(&text).map(Cow::into_owned), read, "{text}");
            }
        }
    }
}
