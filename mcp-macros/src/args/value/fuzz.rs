//! Random values, from a seed: each is refused with an error, or parses again as it is rendered.

use darling::FromMeta;

/// Parts of values, valid and invalid.
const PIECES: [&str; 32] = [
    "0",
    "1",
    "5",
    "10",
    "007",
    "18446744073709551615",
    "99999999999999999999",
    "ms",
    "s",
    "m",
    "h",
    "min",
    "d",
    "/",
    " ",
    "B",
    "KB",
    "KiB",
    "MiB",
    "GiB",
    "kb",
    "minute",
    ".",
    ",",
    "-",
    "+",
    "_",
    "\u{e9}",
    "\u{1f980}",
    "\0",
    "\t",
    "\u{661}",
];

/// Numbers of xorshift64.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap_or_default()
    }

    fn text(&mut self) -> String {
        let length = self.below(7);
        (0..length)
            .map(|_| PIECES[self.below(PIECES.len())])
            .collect()
    }
}

/// Checks 100,000 texts; `write` renders a value as in an attribute.
pub(super) fn check<T: FromMeta + PartialEq + std::fmt::Debug>(write: impl Fn(&T) -> String) {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut accepted = 0;
    let long = ["9", "1/x", "1x"].map(|text| text.repeat(50_000));
    let texts = (0..100_000).map(|_| random.text()).chain(long);
    for text in texts.collect::<Vec<_>>() {
        match T::from_string(&text) {
            Ok(value) => {
                accepted += 1;
                let written = write(&value);
                assert_eq!(
                    T::from_string(&written).ok(),
                    Some(value),
                    "{text:?}: {written:?}"
                );
            }
            Err(error) => assert!(
                error.to_string().starts_with("invalid "),
                "{text:?}: {error}"
            ),
        }
    }
    assert!(accepted > 5, "{accepted} texts of the generator are values");
}
