//! `timeout`: what a caller is told when a handler was stopped, true for what it declares of itself.

use std::fmt;
use std::time::Duration;

use crate::handler::kind::Item;
use crate::handler::spec::Spec;

/// What a call may have done by the time it was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Reads,
    Repeatable,
    Unknown,
}

impl Effect {
    pub(crate) fn of(spec: &Spec) -> Self {
        match (spec.read_only, spec.idempotent) {
            (true, _) => Self::Reads,
            (false, true) => Self::Repeatable,
            (false, false) => Self::Unknown,
        }
    }

    /// What to do next.
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
        for (millis, text) in [(500, "500ms"), (5_000, "5s"), (90_000, "1m30s"), (7_200_000, "2h"), (1_500, "1s500ms")]
        {
            assert_eq!(Written(Duration::from_millis(millis)).to_string(), text);
        }
    }
}
