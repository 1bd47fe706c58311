//! The rounds that have continued counted calls; each round continues its call once.
//!
//! A round is identified by its [`RoundId`]. Invariants: the number of rounds is limited; a round that is evicted before it
//! expires counts as a call of its own, so that no round continues its call twice.
//!
//! In revision 2026-07-28 a call with input requests is several requests. They have to be one call for the limit,
//! without trusting the client: the [`RoundId`] is inside the sealed request state, so that a client can neither forge
//! one nor change its time. Rounds are kept in the order of their stamps until they expire; a second use of one is
//! found by binary search, and counts.

use std::collections::VecDeque;

use crate::seal::RoundId;

/// The rounds of one caller, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Rounds {
    seen: VecDeque<RoundId>,
    /// The time up to which rounds count, because they may have been evicted.
    forgotten: Option<u64>,
}

impl Rounds {
    /// Returns `true` if `round` continues a counted call, and tracks it as one of at most `most`.
    pub(super) fn continues(&mut self, round: RoundId, most: usize) -> bool {
        while self.seen.front().is_some_and(|seen| seen.is_over(round)) {
            self.seen.pop_front();
        }
        if self.forgotten.is_some_and(|until| round.issued <= until) {
            return false;
        }
        let Err(place) = self.seen.binary_search(&round) else {
            return false;
        };
        self.seen.insert(place, round);
        if self.seen.len() > most
            && let Some(oldest) = self.seen.pop_front()
        {
            self.forgotten = Some(oldest.issued);
        }
        true
    }

    /// Allows a round that did not run to continue its call again.
    pub(super) fn forget_round(&mut self, round: RoundId) {
        if let Ok(place) = self.seen.binary_search(&round) {
            self.seen.remove(place);
        }
    }

    /// Returns `true` if no round is tracked.
    pub(super) fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(issued: u64) -> RoundId {
        RoundId { issued, id: issued }
    }

    #[test]
    fn a_round_goes_on_once() {
        let mut rounds = Rounds::default();
        for asked in [5, 3, 4] {
            assert!(rounds.continues(stamp(asked), 8), "{asked}");
            assert!(!rounds.continues(stamp(asked), 8), "{asked} again");
        }
        assert!(rounds.continues(RoundId { issued: 4, id: 9 }, 8));
        rounds.forget_round(stamp(3));
        assert!(rounds.continues(stamp(3), 8));
        assert!(!rounds.continues(stamp(3), 8));
    }

    #[test]
    fn an_evicted_round_counts() {
        let mut rounds = Rounds::default();
        for asked in 10..20 {
            assert!(rounds.continues(stamp(asked), 4));
        }
        assert_eq!(rounds.seen.len(), 4);
        for asked in 0..20 {
            assert!(!rounds.continues(stamp(asked), 4), "{asked}");
        }
        assert!(rounds.continues(stamp(20), 4));
    }
}
