//! JSON objects with the offsets of their members; comments and trailing commas where they are allowed.

use std::ops::Range;

use serde_json::value::RawValue;

use super::line;

/// The maximum depth of a file.
const DEEPEST: usize = 64;

/// An object in a text.
#[derive(Debug)]
pub(super) struct Object {
    /// The offsets of its braces.
    pub open: usize,
    pub close: usize,
    pub members: Vec<Member>,
    /// True if the last member is followed by a comma.
    pub has_trailing_comma: bool,
}

/// A member of an object.
#[derive(Debug)]
pub(super) struct Member {
    pub key: String,
    /// The offset of its key.
    pub start: usize,
    pub value: Range<usize>,
    /// The value, if it is an object.
    pub object: Option<Object>,
}

impl Object {
    /// Reads a text that is one object.
    pub(super) fn parse(text: &str, comments: bool) -> Result<Self, String> {
        let mut reader = Reader {
            text,
            at: 0,
            comments,
        };
        reader.skip()?;
        let (_, object) = reader.value(DEEPEST)?;
        let object = object.ok_or("the file is not a JSON object")?;
        reader.skip()?;
        if reader.at < text.len() {
            return Err(reader.fault("there is more after the object"));
        }
        Ok(object)
    }

    /// The member with this key; an error if there are two.
    pub(super) fn member(&self, key: &str) -> Result<Option<&Member>, String> {
        let mut found = self.members.iter().filter(|member| member.key == key);
        let first = found.next();
        if found.next().is_some() {
            return Err(format!("`{key}` is there twice; remove one of them"));
        }
        Ok(first)
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    comments: bool,
}

impl Reader<'_> {
    fn fault(&self, what: &str) -> String {
        format!("line {}: {what}", line(self.text, self.at))
    }

    fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Consumes a byte, if it is the next one.
    fn takes(&mut self, byte: u8) -> bool {
        let takes = self.next() == Some(byte);
        self.at += usize::from(takes);
        takes
    }

    /// Skips white space and comments.
    fn skip(&mut self) -> Result<(), String> {
        loop {
            let rest = &self.text[self.at..];
            let blank = rest.len()
                - rest
                    .trim_start_matches([' ', '\t', '\r', '\n', '\u{feff}'])
                    .len();
            self.at += blank;
            let rest = &self.text[self.at..];
            let length = if rest.starts_with("//") {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                let end = rest
                    .find("*/")
                    .ok_or_else(|| self.fault("a comment does not end"))?;
                end + 2
            } else {
                return Ok(());
            };
            if !self.comments {
                return Err(
                    self.fault("there is a comment, which this client's JSON does not have")
                );
            }
            self.at += length;
        }
    }

    /// Parses a value: its range, and its members if it is an object.
    fn value(&mut self, depth: usize) -> Result<(Range<usize>, Option<Object>), String> {
        let depth = depth
            .checked_sub(1)
            .ok_or_else(|| self.fault("it is nested too deeply"))?;
        let start = self.at;
        let object = match self.next() {
            Some(b'{') => Some(self.object(depth)?),
            Some(b'[') => {
                self.array(depth)?;
                None
            }
            Some(b'"') => {
                self.string()?;
                None
            }
            Some(_) => {
                self.scalar()?;
                None
            }
            None => return Err(self.fault("a value is missing")),
        };
        Ok((start..self.at, object))
    }

    fn object(&mut self, depth: usize) -> Result<Object, String> {
        let open = self.at;
        self.at += 1;
        let (mut members, mut has_trailing_comma) = (Vec::new(), false);
        loop {
            self.skip()?;
            if self.next() == Some(b'}') && (members.is_empty() || has_trailing_comma) {
                self.trailing(has_trailing_comma)?;
                break;
            }
            let start = self.at;
            let key = self.string()?;
            self.skip()?;
            if !self.takes(b':') {
                return Err(self.fault("a `:` is missing"));
            }
            self.skip()?;
            let (value, object) = self.value(depth)?;
            members.push(Member {
                key,
                start,
                value,
                object,
            });
            self.skip()?;
            has_trailing_comma = self.takes(b',');
            if !has_trailing_comma {
                break;
            }
        }
        let close = self.at;
        if !self.takes(b'}') {
            return Err(self.fault("a `,` or `}` is missing"));
        }
        Ok(Object {
            open,
            close,
            members,
            has_trailing_comma,
        })
    }

    fn array(&mut self, depth: usize) -> Result<(), String> {
        self.at += 1;
        let (mut is_first, mut has_comma) = (true, false);
        loop {
            self.skip()?;
            if self.next() == Some(b']') && (is_first || has_comma) {
                self.trailing(has_comma)?;
                break;
            }
            self.value(depth)?;
            is_first = false;
            self.skip()?;
            has_comma = self.takes(b',');
            if !has_comma {
                break;
            }
        }
        if self.takes(b']') {
            Ok(())
        } else {
            Err(self.fault("a `,` or `]` is missing"))
        }
    }

    fn trailing(&self, is_there: bool) -> Result<(), String> {
        if is_there && !self.comments {
            return Err(
                self.fault("a comma stands at the end, which this client's JSON does not have")
            );
        }
        Ok(())
    }

    fn string(&mut self) -> Result<String, String> {
        let start = self.at;
        if !self.takes(b'"') {
            return Err(self.fault("a text in quotes is missing"));
        }
        while let Some(byte) = self.next() {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'"' => {
                    let text = self.text.get(start..self.at).unwrap_or_default();
                    return serde_json::from_str(text)
                        .map_err(|_| self.fault("a text is not valid"));
                }
                _ => {}
            }
        }
        Err(self.fault("a text does not end"))
    }

    fn scalar(&mut self) -> Result<(), String> {
        let rest = &self.text[self.at..];
        let end = rest.find(|it: char| it.is_whitespace() || ",]}/".contains(it));
        let scalar = &rest[..end.unwrap_or(rest.len())];
        if serde_json::from_str::<&RawValue>(scalar).is_err() {
            return Err(self.fault("a value is not valid"));
        }
        self.at += scalar.len();
        Ok(())
    }
}
