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
