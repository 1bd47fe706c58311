//! Bytes, in whatever pieces they come, as lines.
//!
//! A chunk of a pipe ends anywhere, so the beginning of a line is kept until its end comes: at most
//! `most` bytes. Of a longer line nothing is kept; [`Oversized`] looks for its `id` as it passes
//! by, so that the refusal reaches the request. `\r\n` is an end of line as well, since white space
//! is trimmed by the parser, and a line of white space is none.

use bytes::{Bytes, BytesMut};

use crate::protocol::Malformed;
use crate::protocol::oversized::Oversized;

/// A line of the input.
#[derive(Debug)]
pub(super) enum Line {
    Text(Bytes),
    /// A line that is longer than allowed; its text was discarded.
    Oversized(Malformed),
}

/// Cuts a stream into lines of at most `most` bytes.
pub(super) struct Splitter {
    /// The beginning of a line.
    rest: BytesMut,
    /// The reader of a line that is longer than allowed.
    oversized: Option<Oversized>,
    most: usize,
}

impl Splitter {
    pub(super) fn new(most: usize) -> Self {
        Self {
            rest: BytesMut::new(),
            oversized: None,
            most,
        }
    }

    /// Linear in the chunk; a line is copied once, into the buffer that its message then shares.
    pub(super) fn push(&mut self, mut chunk: &[u8]) -> Vec<Line> {
        let mut lines = Vec::new();
        while let Some(end) = memchr::memchr(b'\n', chunk) {
            self.extend(&chunk[..end]);
            lines.extend(self.finish());
            chunk = &chunk[end + 1..];
        }
        self.extend(chunk);
        lines
    }

    fn extend(&mut self, piece: &[u8]) {
        if self.oversized.is_none() && self.rest.len() + piece.len() > self.most {
            let mut oversized = Oversized::default();
            oversized.read(&std::mem::take(&mut self.rest));
            self.oversized = Some(oversized);
        }
        match &mut self.oversized {
            Some(oversized) => oversized.read(piece),
            None => self.rest.extend_from_slice(piece),
        }
    }

    /// Ends a line; an empty one is skipped.
    pub(super) fn finish(&mut self) -> Option<Line> {
        if let Some(oversized) = self.oversized.take() {
            tracing::warn!(
                most = self.most,
                "a line is longer than allowed; it was not read"
            );
            return oversized.finish(self.most).map(Line::Oversized);
        }
        let line = self.rest.split().freeze();
        (!line.trim_ascii().is_empty()).then_some(Line::Text(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lines: impl IntoIterator<Item = Line>) -> Vec<Option<Bytes>> {
        let text = |line| match line {
            Line::Text(text) => Some(text),
            Line::Oversized(_) => None,
        };
        lines.into_iter().map(text).collect()
    }

    #[test]
    fn lines_are_cut_wherever_the_chunks_end() {
        let mut splitter = Splitter::new(8);
        let text = |text: &'static str| Some(Bytes::from_static(text.as_bytes()));
        assert_eq!(texts(splitter.push(b"ab")), []);
        assert_eq!(texts(splitter.push(b"c\r\n\n  \nd")), [text("abc\r")]);
        assert_eq!(
            texts(splitter.push(b"efghijklmnop\nq\nrstuvwxy\n")),
            [None, text("q"), text("rstuvwxy")]
        );
        assert_eq!(texts(splitter.push(b"last")), []);
        assert_eq!(texts(splitter.finish()), [text("last")]);
        assert_eq!(texts(splitter.finish()), []);
    }

    #[test]
    fn an_oversized_line_is_not_kept() {
        let mut splitter = Splitter::new(1_000);
        for _ in 0..1_000 {
            assert_eq!(texts(splitter.push(&[b'x'; 1_000])), []);
            assert!(splitter.rest.capacity() <= 2_000);
        }
        assert_eq!(
            texts(splitter.push(b"\n{}\n")),
            [None, Some(Bytes::from_static(b"{}"))]
        );
    }
}
