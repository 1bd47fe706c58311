//! A scanner for JSON: checks a text in one pass, whatever its depth, and returns the places of its parts.
//!
//! Invariant: it accepts exactly the JSON of RFC 8259; texts are decoded where their type is known.

use std::borrow::Cow;
use std::ops::Range;

use smallvec::SmallVec;

use super::text::plain_end;

/// The error for a text that is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Invalid;

/// The name of a member.
#[derive(Debug)]
pub(super) struct Name<'m> {
    /// The place between the quotes.
    pub place: Range<usize>,
    /// The name, decoded if it is written with escapes.
    pub text: Cow<'m, str>,
}

/// A position in a text, before which everything is checked.
#[derive(Debug)]
pub(super) struct Scanner<'m> {
    text: &'m str,
    at: usize,
}

impl<'m> Scanner<'m> {
    pub(super) fn new(text: &'m str) -> Self {
        Self { text, at: 0 }
    }

    /// Returns the next byte.
    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn next(&mut self) -> Option<u8> {
        let byte = self.peek();
        self.at += usize::from(byte.is_some());
        byte
    }

    #[inline]
    fn expect(&mut self, wanted: u8) -> Result<(), Invalid> {
        if self.next() == Some(wanted) {
            Ok(())
        } else {
            Err(Invalid)
        }
    }

    /// Skips white space.
    #[inline]
    pub(super) fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    /// Skips white space, after which the text must end.
    pub(super) fn end(&mut self) -> Result<(), Invalid> {
        self.space();
        if self.at == self.text.len() {
            Ok(())
        } else {
            Err(Invalid)
        }
    }

    /// The text at `place`.
    pub(super) fn text(&self, place: Range<usize>) -> &'m str {
        self.text.get(place).unwrap_or_default()
    }

    /// Skips the next value, an object; `member` skips the value of each member.
    pub(super) fn object(
        &mut self,
        mut member: impl FnMut(&mut Self, Name<'m>) -> Result<(), Invalid>,
    ) -> Result<Range<usize>, Invalid> {
        let start = self.at;
        self.expect(b'{')?;
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(start..self.at);
        }
        loop {
            let name = self.name()?;
            self.colon()?;
            member(self, name)?;
            self.space();
            match self.next() {
                Some(b',') => self.space(),
                Some(b'}') => return Ok(start..self.at),
                _ => return Err(Invalid),
            }
        }
    }

    /// Skips the next value, of any type.
    pub(super) fn value(&mut self) -> Result<Range<usize>, Invalid> {
        let start = self.at;
        match self.peek() {
            Some(b'{' | b'[') => self.nested()?,
            Some(b'"') => _ = self.string()?,
            _ => self.scalar()?,
        }
        Ok(start..self.at)
    }

    /// Skips an object or a list without recursion.
    fn nested(&mut self) -> Result<(), Invalid> {
        // The closing bytes of open containers.
        let mut open: SmallVec<[u8; 64]> = SmallVec::new();
        loop {
            match self.peek() {
                Some(first @ (b'{' | b'[')) => {
                    self.at += 1;
                    self.space();
                    // In ASCII, each closing byte is two behind its opening one.
                    if self.peek() == Some(first + 2) {
                        self.at += 1;
                    } else {
                        open.push(first + 2);
                        if first == b'{' {
                            self.string()?;
                            self.colon()?;
                        }
                        continue;
                    }
                }
                Some(b'"') => _ = self.string()?,
                _ => self.scalar()?,
            }
            loop {
                let Some(&close) = open.last() else {
                    return Ok(());
                };
                self.space();
                match self.next() {
                    Some(b',') => {
                        self.space();
                        if close == b'}' {
                            self.string()?;
                            self.colon()?;
                        }
                        break;
                    }
                    Some(byte) if byte == close => drop(open.pop()),
                    _ => return Err(Invalid),
                }
            }
        }
    }

    #[inline]
    fn colon(&mut self) -> Result<(), Invalid> {
        self.space();
        self.expect(b':')?;
        self.space();
        Ok(())
    }

    #[inline]
    fn name(&mut self) -> Result<Name<'m>, Invalid> {
        let (place, is_escaped) = self.string()?;
        let text = if is_escaped {
            let quoted = self.text(place.start - 1..place.end + 1);
            Cow::Owned(serde_json::from_str(quoted).map_err(|_| Invalid)?)
        } else {
            Cow::Borrowed(self.text(place.clone()))
        };
        Ok(Name { place, text })
    }

    /// Skips a string, and returns the place between its quotes, and whether it has escapes.
    #[inline]
    fn string(&mut self) -> Result<(Range<usize>, bool), Invalid> {
        self.expect(b'"')?;
        let bytes = self.text.as_bytes();
        let (start, mut is_escaped) = (self.at, false);
        loop {
            let end = plain_end(bytes, self.at);
            self.at = end + 1;
            match bytes.get(end) {
                Some(b'"') => return Ok((start..end, is_escaped)),
                Some(b'\\') => {
                    is_escaped = true;
                    self.escape()?;
                }
                _ => return Err(Invalid),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Invalid> {
        match self.next() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(()),
            Some(b'u') => {
                let is_hex = |digit: Option<u8>| digit.is_some_and(|it| it.is_ascii_hexdigit());
                (0..4)
                    .all(|_| is_hex(self.next()))
                    .then_some(())
                    .ok_or(Invalid)
            }
            _ => Err(Invalid),
        }
    }

    fn scalar(&mut self) -> Result<(), Invalid> {
        let rest = &self.text.as_bytes()[self.at..];
        let word = match rest.first() {
            Some(b't') => "true",
            Some(b'f') => "false",
            Some(b'n') => "null",
            _ => return self.number(),
        };
        if rest.starts_with(word.as_bytes()) {
            self.at += word.len();
            Ok(())
        } else {
            Err(Invalid)
        }
    }

    fn number(&mut self) -> Result<(), Invalid> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    /// Skips at least one digit.
    fn digits(&mut self) -> Result<(), Invalid> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at > start {
            Ok(())
        } else {
            Err(Invalid)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;

    fn scans(text: &str) -> bool {
        let mut scanner = Scanner::new(text);
        scanner.space();
        scanner.value().is_ok() && scanner.end().is_ok()
    }

    fn agrees(text: &str) {
        let read = serde_json::from_str::<&RawValue>(text).is_ok();
        assert_eq!(scans(text), read, "{text:?}");
    }

    #[test]
    fn it_accepts_what_serde_json_accepts() {
        let texts = [
            r#"{"a":[1,-0.5e+10,"x\"\\\/\b\f\n\r\t\u00e9"],"b":{"c":null},"d":[[],{}],"e":[{"f":[true,false]}]}"#,
            " [ 1 , { \"a\" : 2 , \"b\" : [ ] } ] ",
            "0",
            "-1E9",
            "\"é\\ud800\"",
            "\"12345678\\n1234567\"",
        ];
        for text in texts {
            assert!(scans(text), "{text}");
            // All texts within a few bytes of it.
            for (at, _) in text.char_indices() {
                agrees(&text[..at]);
                for other in [
                    "", "\"", "\\", ",", ":", "{", "]", "0", "e", ".", "\u{1}", " ",
                ] {
                    let behind = text[at..].chars().next().map_or(0, char::len_utf8);
                    agrees(&[&text[..at], other, &text[at + behind..]].concat());
                    agrees(&[&text[..at], other, &text[at..]].concat());
                }
            }
        }
    }

    #[test]
    fn a_deep_value_is_scanned_without_recursion() {
        assert!(scans(&format!(
            "{}{}",
            "[".repeat(1 << 20),
            "]".repeat(1 << 20)
        )));
        assert!(!scans(&"[{\"a\":".repeat(1 << 18)));
    }
}
