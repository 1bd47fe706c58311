//! Rates, durations and sizes as they are written.
//!
//! The forms are those of the attributes (`handler::spec::text`), so a limit can be moved between
//! the code and the file as it is.

use std::time::Duration;

use super::problem::Problem;
use crate::handler::spec::policy::RateLimit;
use crate::handler::spec::text::{duration, rate};

/// The form of a size.
pub(crate) const SIZE_FORM: &str = "write for example \"512B\", \"64KiB\" or \"1MB\"";

/// Reads a rate such as `100/min`, greater than zero.
pub(crate) fn rate_limit(text: &str) -> Result<RateLimit, Problem> {
    let quota = rate::parse(text)
        .map_err(|(what, help)| Problem::new(text, what, help.unwrap_or_else(rate::form)))?;
    if quota.count == 0 {
        let help = "use a count of at least 1, or leave it out for no limit";
        return Err(Problem::new(text, "nothing could ever be requested", help));
    }
    Ok(RateLimit::new(quota.count, quota.period))
}

/// Reads a duration such as `1m30s`.
pub(crate) fn time(text: &str) -> Result<Duration, Problem> {
    let form = "write for example \"500ms\", \"5s\", \"1m30s\" or \"2h\"";
    duration::parse(text)
        .map(Duration::from_millis)
        .map_err(|what| Problem::new(text, what, form))
}
