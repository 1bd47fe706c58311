//! The outcome of a call: the response, and its label in metrics, logs and audit records.

use std::time::Duration;

use serde_json::Map;

use super::Call;
use super::redact::Redacted;
use super::suspend::{Ended, Stopped};
use crate::handler::input::pending::{Failure, Stop};
use crate::handler::output::error::{failed, failure, reference};
use crate::handler::output::product::Product;
use crate::handler::spec::kind::{Item, Kind, event};
use crate::protocol::{Capability, RpcError};

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

    /// Returns `true` if the call was refused before its handler ran.
    pub(crate) fn is_refusal(self) -> bool {
        matches!(
            self,
            Self::Forbidden | Self::RateLimited | Self::Busy | Self::Unavailable
        )
    }
}

/// A call that has ended.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    pub outcome: Outcome,
    pub answer: Result<Product, RpcError>,
}

impl Done {
    /// Builds a failure whose text the caller reads.
    pub(crate) fn failed(item: Item<'_>, outcome: Outcome, text: impl Into<String>) -> Self {
        Self {
            outcome,
            answer: failure(item, text),
        }
    }

    /// Builds a refusal that ends after `wait`.
    pub(super) fn refused(item: Item<'_>, outcome: Outcome, text: &str, wait: Duration) -> Self {
        let seconds = rounded_up(wait);
        let after = Map::from_iter([(RETRY_AFTER.to_owned(), seconds.into())]);
        let answer = match failure(item, format!("{text}; retry in {seconds:.1} s")) {
            Ok(Product::Tool(mut result)) => {
                result.meta = Some(after);
                Ok(Product::Tool(result))
            }
            answer => answer.map_err(|error| error.with_data(after.into())),
        };
        Self { outcome, answer }
    }

    /// Builds the refusal of a caller without access.
    pub(super) fn forbidden(error: RpcError) -> Self {
        Self {
            outcome: Outcome::Forbidden,
            answer: Err(error),
        }
    }

    /// Builds the error for a request that is not valid.
    pub(crate) fn malformed(error: RpcError) -> Self {
        Self {
            outcome: Outcome::InvalidArguments,
            answer: Err(error),
        }
    }

    /// Builds the error for a panic of the author's code; its message is on stderr already, by the panic hook.
    pub(crate) fn panicked(item: Item<'_>) -> Self {
        let reference = reference();
        event!(error, item, { %reference, }, "panicked");
        Self {
            outcome: Outcome::Panic,
            answer: failed(item, &reference),
        }
    }

    /// Converts the end of the handler.
    pub(super) fn of(call: &Call<'_>, ended: Ended, redacted: &Redacted) -> Self {
        let hide = |text| redacted.hide(text, call.arguments);
        match ended {
            Ok(Ok(Product::Tool(result))) if result.is_error => {
                let result = redacted.hide_in(result, call.arguments);
                Self {
                    outcome: Outcome::Error,
                    answer: Ok(Product::Tool(result)),
                }
            }
            Ok(Ok(product)) => Self {
                outcome: Outcome::Ok,
                answer: Ok(product),
            },
            Ok(Err(error)) => {
                let answer = match error.lacks().filter(|_| call.cx.is_modern()) {
                    Some(capability) => Err(RpcError::missing_capability(&capability.required())),
                    None => error.into_answer(call.item, hide),
                };
                Self {
                    outcome: Outcome::Error,
                    answer,
                }
            }
            Err(Stopped::Panicked) => Self::panicked(call.item),
            Err(Stopped::Asks(stop)) => Self::asks(call, stop),
        }
    }

    /// Converts the reason for which a handler was dropped.
    fn asks(call: &Call<'_>, stop: Stop) -> Self {
        match stop {
            Stop::Asks(questions) => Self {
                outcome: Outcome::InputRequired,
                answer: Ok(Product::Questions(questions)),
            },
            Stop::Failed(Failure::Missing(missing)) => Self::lacking(call, &missing),
            Stop::Failed(Failure::Malformed(key, problem)) => {
                let answer = if call.cx.is_modern() {
                    Err(RpcError::invalid_params(format!(
                        "`inputResponses.{key}`: {problem}"
                    )))
                } else {
                    failure(
                        call.item,
                        format!("the client's answer to `{key}` cannot be read: {problem}"),
                    )
                };
                Self {
                    outcome: Outcome::InvalidArguments,
                    answer,
                }
            }
            Stop::Failed(Failure::Misuse(text)) => Self::failed(call.item, Outcome::Error, text),
        }
    }

    /// Builds the error for a client without the capabilities that the handler needs.
    fn lacking(call: &Call<'_>, missing: &[Capability]) -> Self {
        let answer = if call.cx.is_modern() {
            Err(RpcError::missing_capability(&Capability::all_required(
                missing,
            )))
        } else {
            let verbs: Vec<_> = missing.iter().map(|capability| capability.verb()).collect();
            let declared = missing
                .iter()
                .all(|capability| call.cx.capabilities().has(*capability));
            let why = match call.cx.version() {
                version if declared => {
                    format!("revision {version}, which this one speaks, cannot be asked so")
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
                // Older revisions have no code for it; it is no fault of the server's.
                Kind::Resource | Kind::Prompt => {
                    Err(RpcError::invalid_request(text).with_status(200))
                }
            }
        };
        Self {
            outcome: Outcome::Error,
            answer,
        }
    }
}

/// Tenths of a second, never too few: waiting that long must succeed.
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
