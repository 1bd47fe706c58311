//! The fixed window: a maximum number of calls in each period, which begins with the first call after the end of the
//! previous one.
//!
//! The window is not aligned to the clock: a caller's first call opens it. Windows aligned to full minutes would make
//! all callers return in the same second.

use std::time::Duration;

use tokio::time::Instant;

use crate::handler::spec::policy::RateLimit;

#[derive(Debug)]
pub(super) struct FixedWindow {
    count: u32,
    period: Duration,
    begun: Option<Instant>,
    used: u32,
}

impl FixedWindow {
    pub(super) fn new(limit: RateLimit) -> Self {
        Self {
            count: limit.count.max(1),
            period: limit.period,
            begun: None,
            used: 0,
        }
    }

    /// Counts a call, or returns the time to wait.
    pub(super) fn check(&mut self, now: Instant) -> Result<(), Duration> {
        let passed = self.begun.map(|begun| now.saturating_duration_since(begun));
        let rest = passed.map_or(Duration::ZERO, |passed| self.period.saturating_sub(passed));
        if rest.is_zero() {
            self.begun = Some(now);
            self.used = 0;
        }
        if self.used >= self.count {
            return Err(rest);
        }
        self.used += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn all_calls_come_back_at_once_when_the_window_ends() {
        let mut window = FixedWindow::new(RateLimit::new(3, 60_000));
        let mut let_in = 0;
        for second in 0..120 {
            let_in += u32::from(window.check(Instant::now()).is_ok());
            assert_eq!(
                let_in,
                (1 + second).min(3) + (second.max(59) - 59).min(3),
                "second {second}"
            );
            tokio::time::advance(Duration::from_secs(1)).await;
        }
    }
}
