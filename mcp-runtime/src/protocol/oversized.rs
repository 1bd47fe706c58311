//! A message larger than the maximum: its bytes are discarded, except for the parts needed for an error response.
//!
//! Invariants: the text is read once, in linear time; only its id is kept, which is bounded.

use super::error::RpcError;
use super::id::RequestId;
use super::json::RawJson;
use super::message::Malformed;
use crate::limits::{self, Limit};

/// The reader of an oversized message. The text does not have to be valid JSON.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a part of the state that the others do not determine"
)]
pub(crate) struct Oversized {
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// The text between two structural characters of the outermost object, up to the maximum length of an id.
    token: Vec<u8>,
    /// `true` while the token is the value of `id`.
    is_id: bool,
    id: Option<Vec<u8>>,
    has_method: bool,
}

impl Oversized {
    /// Reads the next piece of the message.
    pub(crate) fn read(&mut self, mut text: &[u8]) {
        while let Some((&byte, rest)) = text.split_first() {
            if !self.in_string {
                self.structure(byte);
                text = rest;
            } else if self.escaped {
                self.escaped = false;
                self.keep(&[byte]);
                text = rest;
            } else {
                let end = memchr::memchr2(b'"', b'\\', text);
                let length = end.map_or(text.len(), |end| end + 1);
                let (read, rest) = text.split_at(length);
                self.keep(read);
                self.escaped = end.is_some() && read.ends_with(b"\\");
                self.in_string = end.is_none() || self.escaped;
                text = rest;
            }
        }
    }

    /// Reads a character outside of strings.
    fn structure(&mut self, byte: u8) {
        match byte {
            b'"' => {
                self.in_string = true;
                self.keep(b"\"");
            }
            b'{' | b'[' => {
                // The members of a batch have separate ids.
                self.depth += if self.depth == 0 && byte == b'[' {
                    2
                } else {
                    1
                };
                if self.depth == 1 {
                    self.token.clear();
                }
            }
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    self.end_member();
                }
            }
            b':' if self.depth == 1 => {
                self.is_id = self.token == b"\"id\"";
                self.has_method |= self.token == b"\"method\"";
                self.token.clear();
            }
            b',' if self.depth == 1 => self.end_member(),
            _ if byte.is_ascii_whitespace() => {}
            _ => self.keep(&[byte]),
        }
    }

    fn keep(&mut self, text: &[u8]) {
        if self.depth == 1 {
            // One byte beyond the maximum shows that the id is too long.
            let room = (limits::ID + 1).saturating_sub(self.token.len());
            self.token.extend_from_slice(&text[..text.len().min(room)]);
        }
    }

    fn end_member(&mut self) {
        if self.is_id {
            self.id = Some(self.token.clone());
        }
        self.token.clear();
        self.is_id = false;
    }

    /// Ends the message, whose maximum is `most` bytes; `None` for a notification, which has no response.
    pub(crate) fn finish(mut self, most: usize) -> Option<Malformed> {
        self.end_member();
        let (has_id, has_method) = (self.id.is_some(), self.has_method);
        let error = RpcError::invalid_request(format!("the message is larger than {most} bytes"));
        (has_id || !has_method).then(|| Malformed {
            id: self.id.and_then(RawJson::parse).and_then(RequestId::new),
            error: Box::new(error.over(Limit::Body)),
            is_response: has_id && !has_method,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the id, and whether it is that of a response, read in pieces of every size up to five bytes.
    fn read(text: &str) -> Option<(Option<String>, bool)> {
        let mut results = (1..=5).map(|size| {
            let mut oversized = Oversized::default();
            for piece in text.as_bytes().chunks(size) {
                oversized.read(piece);
            }
            let malformed = oversized.finish(10)?;
            Some((malformed.id.map(|id| id.to_string()), malformed.is_response))
        });
        let first = results.next().unwrap();
        assert!(results.all(|result| result == first), "{text}");
        first
    }

    #[test]
    fn the_id_is_found_wherever_it_stands() {
        let request = |id: &str| Some((Some(id.to_owned()), false));
        for (text, id) in [
            (r#"{"id":5,"method":"m","params":{"id":6,"x":"}"}}"#, "5"),
            (
                r#"{"method":"m","params":{"id":6,"x":["id",":"]},"id":7}"#,
                "7",
            ),
            (
                r#" { "method" : "m" , "params" : { } , "id" : "a\"b" } "#,
                r#""a\"b""#,
            ),
            (r#"{"params":{"x":"\\"},"id":"\\","method":"m"}"#, r#""\\""#),
            (r#"{"method":"m","x":"\",\"id\":1","id":2}"#, "2"),
            ("\u{feff}{\"method\":\"m\",\"id\":3}", "3"),
        ] {
            assert_eq!(read(text), request(id), "{text}");
        }
        assert_eq!(
            read(r#"{"id":8,"result":{}}"#),
            Some((Some("8".to_owned()), true))
        );
    }

    #[test]
    fn without_a_usable_id_there_is_none() {
        for text in [
            r#"[{"id":1,"method":"m"}]"#,
            r#"{"id":{"id":1},"method":"m"}"#,
            r#"{"id":[1],"method":"m"}"#,
            r#"{"id":null,"method":"m"}"#,
            r#"{"id":"a"b,"method":"m"}"#,
            r#"{"id":007,"method":"m"}"#,
            "{\"id\":\"\t\",\"method\":\"m\"}",
            "xxx",
            "\"id\":1",
            "}}}}\"id\":1,",
        ] {
            assert_eq!(read(text).map(|(id, _)| id), Some(None), "{text}");
        }
        let long = format!(r#"{{"id":"{}","method":"m"}}"#, "x".repeat(limits::ID));
        assert_eq!(read(&long), Some((None, false)));
    }

    #[test]
    fn a_notification_is_not_answered() {
        assert_eq!(read(r#"{"method":"m","params":{"id":1}}"#), None);
    }

    #[test]
    fn no_more_than_the_id_is_kept() {
        let mut oversized = Oversized::default();
        oversized.read(b"{\"x\":\"");
        for _ in 0..1_000 {
            oversized.read(&[b'y'; 1_000]);
        }
        assert!(oversized.token.capacity() <= 4 * limits::ID);
    }
}
