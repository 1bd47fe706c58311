//! Bytes, in whatever pieces they come, as lines.

use bytes::{Bytes, BytesMut};

/// Cuts a stream into lines, without copying them.
pub(super) struct Splitter {
    /// The beginning of a line; of one that is too long, one byte more than is allowed.
    rest: BytesMut,
    most: usize,
}

impl Splitter {
    pub(super) fn new(most: usize) -> Self {
        Self {
            rest: BytesMut::new(),
            most,
        }
    }

    pub(super) fn push(&mut self, chunk: &[u8]) -> Vec<Bytes> {
        let mut lines = Vec::new();
        let mut searched = self.rest.len();
        self.rest.extend_from_slice(chunk);
        while let Some(end) = memchr::memchr(b'\n', &self.rest[searched..]) {
            let line = self.rest.split_to(searched + end + 1).freeze();
            self.take(line.slice(..line.len() - 1), &mut lines);
            searched = 0;
        }
        self.rest.truncate(self.most.saturating_add(1));
        lines
    }

    fn take(&self, mut line: Bytes, lines: &mut Vec<Bytes>) {
        if line.len() > self.most {
            tracing::warn!(
                most = self.most,
                "a line is longer than allowed; it was not read"
            );
            line.truncate(self.most);
        }
        if !line.trim_ascii().is_empty() {
            lines.push(line);
        }
    }

    pub(super) fn finish(&mut self) -> Vec<Bytes> {
        let mut lines = Vec::new();
        let last = self.rest.split().freeze();
        self.take(last, &mut lines);
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_wherever_the_chunks_end() {
        let mut splitter = Splitter::new(8);
        assert_eq!(splitter.push(b"ab"), Vec::<Bytes>::new());
        assert_eq!(
            splitter.push(b"c\r\n\n  \nd"),
            [Bytes::from_static(b"abc\r")]
        );
        assert_eq!(
            splitter.push(b"efghijklmnop\nq\n"),
            [Bytes::from_static(b"defghijk"), Bytes::from_static(b"q")]
        );
        assert_eq!(splitter.push(b"last"), Vec::<Bytes>::new());
        assert_eq!(splitter.finish(), [Bytes::from_static(b"last")]);
    }
}
