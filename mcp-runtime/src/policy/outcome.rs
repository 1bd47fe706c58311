//! The outcome of a call: the response, and its label in metrics, logs and audit records.
//!
//! An outcome is for operators (a closed set, the label of metrics and audit records), a response for the client. They
//! are made together, so that a metric cannot disagree with the response. The forms differ by kind: a tool's failure
//! is a result with `isError`, which its model reads; a resource's or prompt's is a JSON-RPC error.

use std::time::Duration;

use serde_json::{Map, Value};

use super::Call;
use super::redact::Redacted;
use super::suspend::Interruption;
use crate::excerpt::excerpt;
use crate::handler::input::pending::{InputFailure, InputRequired, Suspension};
use crate::handler::output::error::{failed, failure, reference};
use crate::handler::output::value::Output;
use crate::handler::spec::Spec;
use crate::handler::spec::kind::{Item, Kind, event};
use crate::protocol::{Capability, RpcError, ToolResult};

/// The key in `_meta` of a refusal for the number of seconds to wait before a retry.
pub const RETRY_AFTER: &str = "mcp-runtime/retryAfterSeconds";

/// The outcome of a call; the values of the label `outcome`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Ok,
    Error,
    InvalidArguments,
    Forbidden,
    RateLimited,
    Busy,
    Unavailable,
    Timeout,
    OutputTooLarge,
    Panic,
    Cancelled,
    InputRequired,
}

impl Outcome {
    pub(crate) const ALL: [(Self, &'static str); 12] = [
        (Self::Ok, "ok"),
        (Self::Error, "error"),
        (Self::InvalidArguments, "invalid_arguments"),
        (Self::Forbidden, "forbidden"),
        (Self::RateLimited, "rate_limited"),
        (Self::Busy, "busy"),
        (Self::Unavailable, "unavailable"),
        (Self::Timeout, "timeout"),
        (Self::OutputTooLarge, "output_too_large"),
        (Self::Panic, "panic"),
        (Self::Cancelled, "cancelled"),
        (Self::InputRequired, "input_required"),
    ];

    pub(crate) fn as_str(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// Returns `true` unless the outcome belongs to a policy that `spec` does not declare.
    pub(crate) fn is_possible(self, spec: &Spec) -> bool {
        match self {
            Self::Ok | Self::Error | Self::InvalidArguments | Self::Panic | Self::Cancelled => true,
            Self::Forbidden => !spec.scopes.is_empty() || spec.visible_if.is_some(),
            Self::RateLimited => spec.rate_limit.is_some(),
            Self::Busy => spec.concurrency.is_some(),
            Self::Unavailable => spec.breaker.is_some(),
            Self::Timeout => spec.timeout.is_some(),
            Self::OutputTooLarge => spec.max_output.is_some(),
            Self::InputRequired => spec.elicits.is_some(),
        }
    }

    /// Returns `true` if the call was refused before its handler ran.
    pub(crate) fn is_refusal(self) -> bool {
        matches!(
            self,
            Self::Forbidden | Self::RateLimited | Self::Busy | Self::Unavailable
        )
    }
}

/// The response to a call, before it is serialized for a revision.
#[derive(Clone, Debug)]
pub(crate) enum CallResponse {
    Output(Output),
    /// The call needs input responses of its client.
    InputRequired(InputRequired),
    Error(RpcError),
}

impl From<Result<Output, RpcError>> for CallResponse {
    fn from(result: Result<Output, RpcError>) -> Self {
        result.map_or_else(Self::Error, Self::Output)
    }
}

impl CallResponse {
    /// Serializes the output, so that it is not serialized again.
    pub(super) fn written(self) -> Self {
        match self {
            Self::Output(output) => Self::Output(output.written()),
            response => response,
        }
    }

    pub(crate) fn output(&self) -> Option<&Output> {
        match self {
            Self::Output(output) => Some(output),
            Self::InputRequired(_) | Self::Error(_) => None,
        }
    }
}

/// A call that has ended.
#[derive(Clone, Debug)]
pub(crate) struct Completed {
    pub outcome: Outcome,
    pub response: CallResponse,
}

impl Completed {
    fn new(outcome: Outcome, response: impl Into<CallResponse>) -> Self {
        Self {
            outcome,
            response: response.into(),
        }
    }

    /// Builds a failure whose text the caller reads.
    pub(crate) fn failed(item: Item<'_>, outcome: Outcome, text: impl Into<String>) -> Self {
        Self::new(outcome, failure(item, text))
    }

    /// Builds a refusal that ends after `wait`.
    pub(super) fn refused(item: Item<'_>, outcome: Outcome, text: &str, wait: Duration) -> Self {
        let response = match item.kind {
            Kind::Tool => {
                let (text, after) = retry_after(text, wait);
                let mut result = ToolResult::error(text);
                result.meta = Some(after);
                Ok(Output::Tool(result))
            }
            Kind::Resource | Kind::Prompt => Err(refusal(text, wait)),
        };
        Self::new(outcome, response)
    }

    /// Builds the refusal of a caller without access.
    pub(super) fn forbidden(error: RpcError) -> Self {
        Self::new(Outcome::Forbidden, Err(error))
    }

    /// Builds the error for a request that is not valid.
    pub(crate) fn malformed(error: RpcError) -> Self {
        Self::new(Outcome::InvalidArguments, Err(error))
    }

    /// Builds the error for a panic of the author's code; its message is on stderr already, by the panic hook.
    ///
    /// The text contains the reference of the log line; the panic's message is on stderr, and never sent.
    pub(crate) fn panicked(item: Item<'_>) -> Self {
        let reference = reference();
        event!(error, item, { %reference, }, "panicked");
        Self::new(Outcome::Panic, failed(item, &reference))
    }

    /// Converts the end of the handler.
    pub(super) fn from_end(
        call: &Call<'_>,
        end: Result<Output, Interruption>,
        redacted: &Redacted,
    ) -> Self {
        match end {
            Ok(Output::Tool(result)) if result.is_error => {
                let result = redacted.hide_in(result, call.arguments);
                Self::new(Outcome::Error, Ok(Output::Tool(result)))
            }
            Ok(output) => Self::new(Outcome::Ok, Ok(output)),
            Err(interruption) => Self::interrupted(call, interruption, redacted),
        }
    }

    /// Converts the reason why a handler returned no output.
    pub(super) fn interrupted(
        call: &Call<'_>,
        interruption: Interruption,
        redacted: &Redacted,
    ) -> Self {
        match interruption {
            Interruption::Failed(error) => {
                let missing = error
                    .as_missing_capability()
                    .filter(|_| call.cx.is_modern());
                let response = match missing {
                    Some(capability) => Err(RpcError::missing_capability(&capability.required())),
                    None => {
                        error.into_output(call.item, |text| redacted.hide(text, call.arguments))
                    }
                };
                Self::new(Outcome::Error, response)
            }
            Interruption::Panicked => Self::panicked(call.item),
            Interruption::Suspended(Suspension::InputRequired(required)) => Self {
                outcome: Outcome::InputRequired,
                response: CallResponse::InputRequired(required),
            },
            Interruption::Suspended(Suspension::Failed(failure)) => {
                Self::input_failed(call, failure)
            }
        }
    }

    /// Converts the reason why the input requests of a call cannot be responded to.
    fn input_failed(call: &Call<'_>, reason: InputFailure) -> Self {
        match reason {
            InputFailure::Missing(missing) => {
                Self::new(Outcome::Error, missing_capabilities(call, &missing))
            }
            InputFailure::Malformed(key, problem) => {
                let key = excerpt(&key);
                let response = if call.cx.is_modern() {
                    Err(RpcError::invalid_params(format!(
                        "`inputResponses.{key}`: {problem}"
                    )))
                } else {
                    failure(
                        call.item,
                        format!("the client's answer to `{key}` cannot be read: {problem}"),
                    )
                };
                Self::new(Outcome::InvalidArguments, response)
            }
            InputFailure::Misuse(text) => Self::failed(call.item, Outcome::Error, text),
        }
    }
}

/// Builds the error for a client without the capabilities that the handler needs.
fn missing_capabilities(call: &Call<'_>, missing: &[Capability]) -> Result<Output, RpcError> {
    if call.cx.is_modern() {
        return Err(RpcError::missing_capability(&Capability::all_required(
            missing,
        )));
    }
    let verbs: Vec<_> = missing.iter().map(|capability| capability.verb()).collect();
    let declared = missing
        .iter()
        .all(|capability| call.cx.capabilities().has(*capability));
    let why = match call.cx.version() {
        version if declared => {
            format!("revision {version}, which this client uses, has no such request")
        }
        _ => "this one did not declare it".to_owned(),
    };
    let text = format!(
        "{} needs a client that can {}; {why}",
        call.item,
        verbs.join(" and ")
    );
    match call.item.kind {
        Kind::Tool => failure(call.item, text),
        // Older revisions have no code for it; it is not a fault of the server.
        Kind::Resource | Kind::Prompt => Err(RpcError::invalid_request(text).with_status(200)),
    }
}

/// Builds the error for a request that was refused, and may be sent again after `wait`.
pub(super) fn refusal(text: &str, wait: Duration) -> RpcError {
    let (text, after) = retry_after(text, wait);
    RpcError::internal(text).with_data(after.into())
}

/// Returns the text of a refusal that ends after `wait`, and the seconds to wait as `_meta`.
fn retry_after(text: &str, wait: Duration) -> (String, Map<String, Value>) {
    let seconds = rounded_up(wait);
    let after = Map::from_iter([(RETRY_AFTER.to_owned(), seconds.into())]);
    (format!("{text}; retry in {seconds:.1} s"), after)
}

/// Rounds up to tenths of a second, so that waiting that long suffices.
///
/// A wait that is too short by a moment would be refused again.
fn rounded_up(wait: Duration) -> f64 {
    let tenths = u32::try_from(wait.as_nanos().div_ceil(100_000_000)).unwrap_or(u32::MAX);
    f64::from(tenths) / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stand_where_their_outcomes_point() {
        for (index, (outcome, label)) in Outcome::ALL.into_iter().enumerate() {
            assert_eq!(outcome as usize, index);
            assert_eq!(outcome.as_str(), label);
        }
    }

    #[test]
    fn a_wait_is_never_rounded_down() {
        assert_eq!(
            rounded_up(Duration::from_nanos(100_000_001)).to_string(),
            "0.2"
        );
        assert_eq!(rounded_up(Duration::from_millis(4_200)).to_string(), "4.2");
    }
}
