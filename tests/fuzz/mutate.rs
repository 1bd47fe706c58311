//! Random numbers and mutations, the same for the same seed.

/// Fragments that are difficult for parsers.
const TOKENS: [&[u8]; 44] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"\\",
    b",",
    b":",
    b"null",
    b"true",
    b"false",
    b"0",
    b"-0",
    b"1e999",
    b"-1e999",
    b"1e-999",
    b"18446744073709551616",
    b"-9223372036854775809",
    b"0.1",
    b"1.0",
    b"00",
    b"\\ud83d",
    b"\\udc00",
    b"\\u0000",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xc3",
    b"\0",
    b"\r",
    b"\t",
    b"%2e%2e",
    b"%",
    b"..",
    b"//",
    b"{}",
    b"[]",
    b"\"_meta\":{}",
    b"\"params\":null",
    b"\"id\":null",
    b"\"jsonrpc\":\"2.0\"",
    b"\"arguments\":[]",
    b"\"op\":\"And\"",
    b"999999999999999999999999999999",
    b"\xe2\x80\xae",
];

/// A generator of numbers (xorshift64*).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.max(1))
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `end`, which is not 0.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    pub(crate) fn choose<'c, T>(&mut self, choices: &'c [T]) -> &'c T {
        &choices[self.below(choices.len())]
    }

    /// An entry of the corpus, changed in one to eight places.
    pub(crate) fn mutate(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let mut input = self.choose(corpus).clone();
        for _ in 0..=self.below(8) {
            self.change(&mut input, corpus);
        }
        input.truncate(64 * 1024);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        let at = self.below(input.len() + 1);
        let end = (at + 1 + self.below(16)).min(input.len());
        match self.below(8) {
            0 if at < input.len() => input[at] ^= 1 << self.below(8),
            1 if at < end => drop(input.drain(at..end)),
            2 if at < end => {
                let part = input[at..end].to_vec();
                for _ in 0..=self.below(64) {
                    input.splice(at..at, part.iter().copied());
                }
            }
            3 => {
                let other = self.choose(corpus);
                let from = self.below(other.len() + 1);
                let part = other[from..(from + 32).min(other.len())].to_vec();
                input.splice(at..at, part);
            }
            4 => input.truncate(at),
            5 => {
                let (open, close) = *self.choose(&[(b'[', b']'), (b'{', b'}')]);
                let depth = self.below(400);
                input.splice(
                    at..at,
                    std::iter::repeat_n(open, depth).chain(std::iter::repeat_n(close, depth)),
                );
            }
            _ => {
                let token = *self.choose(&TOKENS);
                input.splice(at..at, token.iter().copied());
            }
        }
    }
}
