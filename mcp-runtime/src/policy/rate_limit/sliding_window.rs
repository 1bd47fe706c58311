//! The sliding window: never more calls than the count within any interval of the period's length.
//!
//! Exact for counts up to [`MARKS`]. Above, calls close to each other are tracked as one group that ends with its last
//! one: the limit still holds everywhere, and a call waits at most 1/[`MARKS`] of the period longer than necessary.
//!
//! A group is counted at the time of its last call, so that no call of it leaves the window too
//! early. Memory: at most one group for each grain of the period and those that lie on both ends,
//! some 66 groups of about 40 bytes, for any count.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::handler::spec::policy::RateLimit;

/// The approximate maximum number of groups of calls.
const MARKS: u32 = 64;

#[derive(Debug)]
pub(super) struct SlidingWindow {
    count: u32,
    period: Duration,
    /// Calls closer together than this are one group.
    grain: Duration,
    groups: VecDeque<Group>,
    used: u32,
}

#[derive(Debug)]
struct Group {
    first: Instant,
    last: Instant,
    calls: u32,
}

impl SlidingWindow {
    pub(super) fn new(limit: RateLimit) -> Self {
        let grain = if limit.count <= MARKS {
            Duration::ZERO
        } else {
            limit.period / MARKS
        };
        Self {
            count: limit.count.max(1),
            period: limit.period,
            grain,
            groups: VecDeque::new(),
            used: 0,
        }
    }

    /// Counts a call, or returns the time to wait.
    pub(super) fn check(&mut self, now: Instant) -> Result<(), Duration> {
        let mut wait = Duration::ZERO;
        while let Some(oldest) = self.groups.front() {
            wait = self
                .period
                .saturating_sub(now.saturating_duration_since(oldest.last));
            if !wait.is_zero() {
                break;
            }
            self.used -= oldest.calls;
            self.groups.pop_front();
        }
        if self.used >= self.count {
            return Err(wait);
        }
        self.used += 1;
        match self.groups.back_mut() {
            Some(group) if now.saturating_duration_since(group.first) < self.grain => {
                group.last = now;
                group.calls += 1;
            }
            _ => self.groups.push_back(Group {
                first: now,
                last: now,
                calls: 1,
            }),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Calls at intervals of `step`, and returns the time of each admitted call.
    async fn flood(window: &mut SlidingWindow, step: Duration, steps: u32) -> Vec<Instant> {
        let mut let_in = Vec::new();
        for _ in 0..steps {
            if window.check(Instant::now()).is_ok() {
                let_in.push(Instant::now());
            }
            tokio::time::advance(step).await;
        }
        let_in
    }

    #[tokio::test(start_paused = true)]
    async fn no_stretch_of_time_sees_more_than_the_count() {
        for count in [3, 64, 200] {
            let mut window = SlidingWindow::new(RateLimit::new(count, 10_000));
            let let_in = flood(&mut window, Duration::from_millis(17), 2_000).await;
            assert!(
                let_in.len() > count as usize * 2,
                "{count}: it does let in again"
            );
            for (n, first) in let_in.iter().enumerate() {
                let within = let_in[n..]
                    .iter()
                    .filter(|at| **at - *first < Duration::from_secs(10))
                    .count();
                assert!(
                    within <= count as usize,
                    "{count}: {within} calls within one period"
                );
            }
        }
    }

    /// Calls that were not spread evenly expire together, with the last of their group.
    #[tokio::test(start_paused = true)]
    async fn a_group_of_calls_ends_with_its_last_one() {
        let mut window = SlidingWindow::new(RateLimit::new(100, 64_000));
        assert!(window.check(Instant::now()).is_ok());
        tokio::time::advance(Duration::from_millis(900)).await;
        for _ in 0..99 {
            assert!(window.check(Instant::now()).is_ok());
        }
        tokio::time::advance(Duration::from_millis(63_100)).await;
        assert_eq!(
            window.check(Instant::now()),
            Err(Duration::from_millis(900))
        );
        tokio::time::advance(Duration::from_millis(900)).await;
        assert!(window.check(Instant::now()).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn memory_does_not_grow_with_the_count() {
        let mut window = SlidingWindow::new(RateLimit::new(1_000_000, 60_000));
        flood(&mut window, Duration::from_millis(3), 20_000).await;
        assert!(
            window.groups.len() <= MARKS as usize + 1,
            "{}",
            window.groups.len()
        );
    }
}
