//! The sessions to remove for new ones: those that have ended or are idle for too long, and at the maximum one more.

use std::time::Duration;

use super::activity::{Age, Place};
use super::session_index::{Order, SessionIndex, Steps};
use crate::limits::SHARE;
use crate::share::Holder;

impl SessionIndex {
    /// Returns a session that has ended, or that has been idle for `idle`; `None` also if no steps are left.
    pub(super) fn expired(&mut self, idle: Duration, steps: &mut Steps) -> Option<Place> {
        if let Some(ended) = self.next_ended() {
            return Some(ended);
        }
        self.idle_for(idle, steps)
    }

    /// Chooses the session to evict for one of `newcomer`: sessions of callers above their share first, among them
    /// those that were never used, then the one that has been idle longest. A session in use is evicted only if its
    /// caller is above its share and the newcomer is below. A caller at its share can evict sessions of callers at or
    /// below theirs only if they were idle for `quiet`, and after its own.
    ///
    /// The order is exact as long as `steps` are left. After them, the session that comes up is evicted although it may
    /// have been used since it was filed; if it is in use, `None` is returned although others may be idle, and the next
    /// call continues. At most [`SHARE`] callers are above their share, unless the maximum was lowered; then those with
    /// the most sessions are considered.
    pub(super) fn choose(
        &mut self,
        newcomer: &Holder,
        share: usize,
        quiet: Duration,
        steps: &mut Steps,
    ) -> Option<Place> {
        let held = self.held(newcomer);
        let above: Vec<_> = self.above(share).take(SHARE).cloned().collect();
        let idle: Vec<_> = above.iter().map(Order::IdleOf).collect();
        if held < share {
            let in_use: Vec<_> = above.iter().map(Order::InUseOf).collect();
            return (self.first_of(&idle, steps))
                .or_else(|| self.first_of(&in_use, steps))
                .or_else(|| self.idle_for(Duration::ZERO, steps));
        }
        let own = [Order::IdleOf(newcomer)];
        let own_if_above = if held > share { &own[..] } else { &[] };
        (self.first_of(own_if_above, steps))
            .or_else(|| self.first_of(&idle, steps))
            .or_else(|| self.first_of(&own, steps))
            .or_else(|| self.idle_for(quiet, steps))
    }

    /// Returns the first session of several orders.
    fn first_of(&mut self, orders: &[Order<'_>], steps: &mut Steps) -> Option<Place> {
        let firsts = orders.iter().filter_map(|order| self.first(*order, steps));
        firsts.min().map(|age| age.place)
    }

    /// Returns the first session that has been idle for `time`: one that was never used, or else another one.
    fn idle_for(&mut self, time: Duration, steps: &mut Steps) -> Option<Place> {
        let mut first = |is_used| {
            let age = self.first(Order::Idle { is_used }, steps);
            age.filter(|age: &Age| age.last_used.elapsed() >= time)
        };
        first(false).or_else(|| first(true)).map(|age| age.place)
    }
}

#[cfg(test)]
mod tests;
