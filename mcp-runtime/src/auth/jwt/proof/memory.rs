//! The proofs that were used, each remembered for as long as it would be valid.
//!
//! At most 262,144 proofs in all and 32,768 of one caller, each for 90 s: some 2,900 requests a second, of which one
//! caller may make 364. Beyond that proofs are refused with 503, because a forgotten proof could be used twice.
//! Digests are truncated to 128 bits, which is enough against a second preimage.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::auth::{Reason, Refusal};
use crate::digest::sha256;

/// The maximum number of proofs that are remembered, in all and of one caller; each takes about 200 bytes.
const MOST: usize = 262_144;
const MOST_OF_ONE: usize = 32_768;

/// A digest of a proof, and of a caller.
type Id = [u8; 16];

/// The memory of proofs.
pub(super) struct Memory {
    kept: Duration,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    proofs: HashSet<Id>,
    /// In the order of their arrival, with the caller of each.
    order: VecDeque<(Instant, Id, Id)>,
    callers: HashMap<Id, usize>,
}

impl Memory {
    /// Remembers each proof for the time `kept`.
    pub(super) fn new(kept: Duration) -> Self {
        Self {
            kept,
            seen: Mutex::default(),
        }
    }

    /// Remembers a proof, or refuses it if it was used before or the memory is full.
    pub(super) fn remember(
        &self,
        caller: [u8; 32],
        thumbprint: &str,
        id: &str,
    ) -> Result<(), Refusal> {
        let caller = shorten(caller);
        let proof = shorten(sha256([thumbprint.as_bytes(), &[0], id.as_bytes()]));
        let now = Instant::now();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.forget(now, self.kept);
        if seen.proofs.contains(&proof) {
            return Err(Refusal::new(
                Reason::Replayed,
                "the proof was used before; make one for each request, with a `jti` of its own",
            ));
        }
        let own = seen.callers.get(&caller).copied().unwrap_or_default();
        if own >= MOST_OF_ONE || seen.proofs.len() >= MOST {
            return Err(Refusal::new(
                Reason::Unavailable,
                "too many proofs were used in the last minute; try again later",
            ));
        }
        seen.proofs.insert(proof);
        seen.order.push_back((now, proof, caller));
        *seen.callers.entry(caller).or_default() += 1;
        Ok(())
    }
}

impl Seen {
    /// Removes the proofs that are too old to be used again.
    fn forget(&mut self, now: Instant, kept: Duration) {
        while let Some((at, proof, caller)) = self.order.front().copied() {
            if now - at <= kept {
                return;
            }
            self.order.pop_front();
            self.proofs.remove(&proof);
            if let Some(number) = self.callers.get_mut(&caller) {
                *number -= 1;
                if *number == 0 {
                    self.callers.remove(&caller);
                }
            }
        }
    }
}

fn shorten(digest: [u8; 32]) -> Id {
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    id
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_proof_is_remembered_for_its_time_and_a_caller_fills_its_own_part_alone() {
        let memory = Memory::new(Duration::from_secs(90));
        let remember = |caller: u8, id: &str| {
            let refused = memory.remember([caller; 32], "key", id);
            refused.map_err(|it| it.reason())
        };
        assert_eq!(remember(1, "a"), Ok(()));
        assert_eq!(remember(1, "a"), Err(Reason::Replayed));
        for number in 1..MOST_OF_ONE {
            assert_eq!(remember(1, &number.to_string()), Ok(()));
        }
        assert_eq!(remember(1, "more"), Err(Reason::Unavailable));
        assert_eq!(remember(2, "more"), Ok(()));
        tokio::time::advance(Duration::from_secs(91)).await;
        assert_eq!(remember(1, "a"), Ok(()));
        assert_eq!(memory.seen.lock().unwrap().proofs.len(), 1);
    }
}
