//! Random texts that cannot be guessed.
//!
//! By the system's generator, read for each id. There is no fallback: an id that can be guessed
//! would be a session that can be taken over, so the caller refuses the request instead.

/// 128 random bits in hexadecimal; `None` when the system has no random source.
pub(crate) fn id() -> Option<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(format!("{:032x}", u128::from_be_bytes(bytes)))
}
