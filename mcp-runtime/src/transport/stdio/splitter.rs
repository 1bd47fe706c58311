//! Bytes, in whatever pieces they come, as lines.
//!
//! A chunk of a pipe ends anywhere, so the beginning of a line is kept until its end comes: at most
//! `most` bytes. Short lines that come whole are copied together, and share that copy: a line that
//! is kept keeps at most [`GROUP`] bytes. Of a longer line nothing is kept; [`Oversized`] looks for its `id` as it passes
//! by, so that the refusal reaches the request. `\r\n` is an end of line as well, since white space
//! is trimmed by the parser, and a line of white space is none.

use bytes::{Buf as _, Bytes, BytesMut};

use crate::protocol::Malformed;
use crate::protocol::oversized::Oversized;

/// The maximum size of the lines that are copied together.
const GROUP: usize = 4 * 1024;

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
        while let Some(first) = memchr::memchr(b'\n', chunk) {
            let end = if self.is_between() && first < GROUP {
                let group = &chunk[..chunk.len().min(GROUP)];
                let end = memchr::memrchr(b'\n', group).unwrap_or(first);
                self.split(Bytes::copy_from_slice(&chunk[..end]), &mut lines);
                end
            } else {
                self.extend(&chunk[..first]);
                lines.extend(self.finish());
                first
            };
            chunk = &chunk[end + 1..];
        }
        self.extend(chunk);
        lines
    }

    /// Returns `true` if no line has begun.
    fn is_between(&self) -> bool {
        self.rest.is_empty() && self.oversized.is_none()
    }

    /// Cuts a group of whole lines, the last one without its end.
    fn split(&mut self, mut group: Bytes, lines: &mut Vec<Line>) {
        loop {
            let end = memchr::memchr(b'\n', &group);
            let line = group.split_to(end.unwrap_or(group.len()));
            if line.len() > self.most {
                self.extend(&line);
                lines.extend(self.finish());
            } else {
                lines.extend(text(line));
            }
            if end.is_none() {
                return;
            }
            group.advance(1);
        }
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
        text(self.rest.split().freeze())
    }
}

/// A line of the input, unless it is white space.
fn text(line: Bytes) -> Option<Line> {
    (!line.trim_ascii().is_empty()).then_some(Line::Text(line))
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
    fn lines_that_come_together_are_the_same_as_one_by_one() {
        let line = |n: usize| format!("{}{n}\r\n", "x".repeat(n * 7 % 300));
        let text = (0..3_000).map(line).collect::<Vec<_>>().concat();
        let mut one_by_one = Splitter::new(250);
        let expected: Vec<_> = text
            .split_inclusive('\n')
            .flat_map(|line| texts(one_by_one.push(line.as_bytes())))
            .collect();
        assert_eq!(expected.len(), 3_000);
        for size in [1, 7, 300, GROUP - 1, GROUP, GROUP + 1, 1 << 16, text.len()] {
            let mut splitter = Splitter::new(250);
            let chunks = text.as_bytes().chunks(size);
            let lines: Vec<_> = chunks.flat_map(|it| texts(splitter.push(it))).collect();
            assert_eq!(lines, expected, "{size}");
        }
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
