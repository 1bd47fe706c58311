//! `timeout`: the deadline of a call, and the error for a handler that was stopped, which depends on its declared
//! effects.
//!
//! Not `tokio::time::timeout`, because the deadline moves. While a session's client has an open request, the time does
//! not count, so [`Context::deadline`] is `None`, and later afterwards; the sleep is replaced when it differs. The
//! work is polled before the sleep is created, so that a call that completes immediately registers no timer.

use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Sleep, sleep_until};

use crate::handler::Context;
use crate::handler::spec::Spec;
use crate::handler::spec::kind::Item;

/// Returns the output of `work`, or `None` when the deadline of the call has passed.
///
/// Work that completes in the same poll in which the deadline passes is returned. The caller drops unfinished work.
pub(crate) async fn hold<F: Future>(cx: &Context, work: F) -> Option<F::Output> {
    let mut work = pin!(work);
    // Boxed: a call that completes on its first poll needs no timer.
    let mut sleep: Option<Pin<Box<Sleep>>> = None;
    poll_fn(|task| {
        if let Poll::Ready(output) = work.as_mut().poll(task) {
            return Poll::Ready(Some(output));
        }
        // A response of the client wakes this task again.
        let Some(end) = cx.deadline() else {
            return Poll::Pending;
        };
        let sleep = match &mut sleep {
            Some(sleep) if sleep.deadline() == end => sleep,
            other => other.insert(Box::pin(sleep_until(end))),
        };
        sleep.as_mut().poll(task).map(|()| None)
    })
    .await
}

/// The possible effects of a call that was stopped.
///
/// Derived from the declaration, since a timeout cannot know the progress of the handler: `read_only` has no effect,
/// `idempotent` may be repeated, and for everything else the model is told to check first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Reads,
    Repeatable,
    Unknown,
}

impl Effect {
    pub(crate) fn from_spec(spec: &Spec) -> Self {
        match (spec.only_reads(), spec.may_repeat()) {
            (true, _) => Self::Reads,
            (false, true) => Self::Repeatable,
            (false, false) => Self::Unknown,
        }
    }

    /// Returns the advice for the caller of a stopped call.
    pub(crate) fn advice(self, item: Item<'_>) -> String {
        let noun = item.kind.noun();
        match self {
            Self::Reads => format!("this {noun} only reads, so it is safe to retry"),
            Self::Repeatable => format!("this {noun} is idempotent, so it is safe to retry"),
            Self::Unknown => "the outcome is unknown: check before retrying".to_owned(),
        }
    }

    pub(super) fn timed_out(self, item: Item<'_>, limit: Duration) -> String {
        format!("timed out after {}; {}", Written(limit), self.advice(item))
    }
}

/// A duration as attributes write it: `500ms`, `5s`, `1m30s`, `2h`.
pub(crate) struct Written(pub Duration);

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.as_millis();
        if rest == 0 {
            return f.write_str("0s");
        }
        for (unit, name) in [(3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms")] {
            let amount = rest / unit;
            rest %= unit;
            if amount > 0 {
                write!(f, "{amount}{name}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_declared() {
        for (millis, text) in [
            (500, "500ms"),
            (5_000, "5s"),
            (90_000, "1m30s"),
            (7_200_000, "2h"),
            (1_500, "1s500ms"),
        ] {
            assert_eq!(Written(Duration::from_millis(millis)).to_string(), text);
        }
    }
}
