//! `audit`: one record for each call and each refusal, under a separate target so that it can be routed.
//!
//! A record names the function, the caller by its subject, the address, the arguments as JSON, the outcome and the
//! duration. Values of parameters with `redact` are omitted from the arguments before they are cut to an excerpt.
//! Records are made after the call has ended; a call that is dropped has a record too, with the outcome `cancelled`.
//! `ops/audit.rs` decides whether they go to the log or to a file.

use std::net::IpAddr;
use std::time::Duration;

use serde::Serialize;

use super::Call;
use super::outcome::Outcome;
use super::redact::Redacted;
use crate::excerpt::Excerpt;
use crate::handler::spec::kind::Kind;

/// The target of audit records.
pub(crate) const TARGET: &str = "mcp_runtime::audit";

/// One record: of a call that has ended, or of a caller that was refused. The writer adds the time.
///
/// An anonymous caller has no `principal`, and a call without an address no `peer`.
#[derive(Debug, Serialize)]
pub(crate) struct Record<'a> {
    message: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    peer: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arguments: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'static str>,
    /// The reason of a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ms: Option<f64>,
}

impl<'a> Record<'a> {
    /// The record of a call, with its arguments.
    pub(crate) fn of(
        call: &Call<'a>,
        outcome: Outcome,
        took: Duration,
        redacted: &Redacted,
    ) -> Self {
        let arguments = Excerpt::arguments(redacted.arguments(call.arguments));
        Self {
            message: match call.item.kind {
                Kind::Tool => "tool called",
                Kind::Resource => "resource called",
                Kind::Prompt => "prompt called",
            },
            tool: call.item.named(Kind::Tool),
            resource: call.item.named(Kind::Resource),
            prompt: call.item.named(Kind::Prompt),
            principal: call.cx.principal().subject(),
            peer: call.cx.peer(),
            arguments: Some(arguments.to_string()),
            outcome: Some(outcome.as_str()),
            reason: None,
            duration_ms: Some(took.as_secs_f64() * 1_000.0),
        }
    }

    /// The record of a caller that was not verified.
    pub(crate) fn unverified(reason: &'static str, peer: Option<IpAddr>) -> Self {
        Self {
            message: "caller refused",
            tool: None,
            resource: None,
            prompt: None,
            principal: None,
            peer,
            arguments: None,
            outcome: None,
            reason: Some(reason),
            duration_ms: None,
        }
    }

    /// Writes the record to the log.
    pub(crate) fn log(&self) {
        tracing::info!(
            target: TARGET,
            tool = self.tool,
            resource = self.resource,
            prompt = self.prompt,
            principal = self.principal,
            peer = self.peer.map(tracing::field::display),
            arguments = self.arguments.as_deref(),
            outcome = self.outcome,
            reason = self.reason,
            duration_ms = self.duration_ms,
            "{}",
            self.message
        );
    }
}
