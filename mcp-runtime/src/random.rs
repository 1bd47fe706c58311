//! Random bytes, and texts that cannot be guessed.
//!
//! By the system's generator, read for each of them. There is no fallback: an id that can be guessed
//! would be a session that can be taken over, so the caller refuses the request instead.

use ring::rand::{SecureRandom as _, SystemRandom};

/// Fills `bytes`; `None` when the system has no random source, which leaves them as they are.
pub(crate) fn fill(bytes: &mut [u8]) -> Option<()> {
    SystemRandom::new().fill(bytes).ok()
}

/// 128 random bits in hexadecimal; `None` when the system has no random source.
pub(crate) fn id() -> Option<String> {
    let mut bytes = [0; 16];
    fill(&mut bytes)?;
    Some(format!("{:032x}", u128::from_be_bytes(bytes)))
}

/// A generator of numbers for tests, which are the same for the same seed (xorshift64). A seed is not 0.
#[cfg(test)]
pub(crate) struct Seeded(pub u64);

#[cfg(test)]
impl Seeded {
    /// Returns a number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap_or_default()
    }
}
