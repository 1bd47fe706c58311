//! A scanner for JSON: checks a text in one pass, whatever its depth, and returns the places of its parts.
//!
//! Invariant: it accepts exactly the JSON of RFC 8259; texts are decoded where their type is known.

use smallvec::SmallVec;

use super::text::{plain_end, read_string};

/// The error for a text that is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Invalid;

/// The name of a member.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name<'m> {
    /// The place after the first quote.
    pub start: usize,
    /// The text between the quotes, not decoded.
    pub written: &'m str,
    pub is_escaped: bool,
}

impl Name<'_> {
    /// Decodes a name that is written with escapes.
    #[cold]
    pub(super) fn decode(self) -> Result<Box<str>, Invalid> {
        let quoted = ["\"", self.written, "\""].concat();
        let decoded = read_string(&quoted).ok_or(Invalid)?;
        Ok(decoded.into())
    }
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

    /// Returns the place of the next byte.
    #[inline]
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Returns the text from `start` to the next byte.
    #[inline]
    pub(super) fn since(&self, start: usize) -> &'m str {
        self.text.get(start..self.at).unwrap_or_default()
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

    /// Skips the next value, an object; `kind` classifies the name of each member, and `member` skips its value.
    #[inline]
    pub(super) fn object<K>(
        &mut self,
        kind: impl Fn(&str) -> K,
        mut member: impl FnMut(&mut Self, K, Name<'m>) -> Result<(), Invalid>,
    ) -> Result<(), Invalid> {
        self.expect(b'{')?;
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            let name = self.name()?;
            let kind = if name.is_escaped {
                kind(&name.decode()?)
            } else {
                kind(name.written)
            };
            self.colon()?;
            member(self, kind, name)?;
            self.space();
            match self.next() {
                Some(b',') => self.space(),
                Some(b'}') => return Ok(()),
                _ => return Err(Invalid),
            }
        }
    }

    /// Skips the next value, of any type.
    #[inline]
    pub(super) fn value(&mut self) -> Result<(), Invalid> {
        match self.peek() {
            Some(b'{' | b'[') => self.nested(),
            Some(b'"') => self.string().map(drop),
            _ => self.scalar(),
        }
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
        let start = self.at + 1;
        let is_escaped = self.string()?;
        let written = self.text.get(start..self.at - 1).unwrap_or_default();
        Ok(Name {
            start,
            written,
            is_escaped,
        })
    }

    /// Skips a string; returns `true` if it has escapes.
    fn string(&mut self) -> Result<bool, Invalid> {
        self.expect(b'"')?;
        let bytes = self.text.as_bytes();
        let mut is_escaped = false;
        loop {
            let end = plain_end(bytes, self.at);
            self.at = end + 1;
            match bytes.get(end) {
                Some(b'"') => return Ok(is_escaped),
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
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
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
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += length;
        if length > 0 { Ok(()) } else { Err(Invalid) }
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
    fn it_accepts_the_same_texts_as_serde_json() {
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
