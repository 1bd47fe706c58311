//! `audit`: one record per call, under a target of its own so that it can go elsewhere.

use std::time::Duration;

use super::Call;
use super::outcome::Outcome;
use super::redact::Redacted;
use crate::excerpt::Excerpt;
use crate::handler::spec::kind::Kind;

/// The target of audit records.
pub(crate) const TARGET: &str = "mcp_runtime::audit";

/// Records the caller, the item, its arguments and the outcome; the subscriber adds the time.
///
/// An anonymous caller has no `principal`, and a call without an address no `peer`.
pub(super) fn record(call: &Call<'_>, outcome: Outcome, took: Duration, redacted: &Redacted) {
    tracing::info!(
        target: TARGET,
        tool = call.item.named(Kind::Tool),
        resource = call.item.named(Kind::Resource),
        prompt = call.item.named(Kind::Prompt),
        principal = call.cx.principal().subject(),
        peer = call.cx.peer().map(tracing::field::display),
        arguments = Excerpt::arguments(redacted.arguments(call.arguments)).to_string(),
        outcome = outcome.as_str(),
        duration_ms = took.as_secs_f64() * 1_000.0,
        "{} called",
        call.item.kind.noun()
    );
}
