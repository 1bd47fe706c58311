//! The exit codes of the commands other than 0.
//!
//! 1 means that the server cannot start, or that `check` or `health` has findings.

use crate::policy::Outcome;
use crate::protocol::RpcError;

/// A mistake on the command line, or invalid arguments.
pub(super) const USAGE: u8 = 2;
/// The server refused the call before its function ran: by a limit, for missing access, or for a client without the
/// capability.
pub(super) const REFUSED: u8 = 3;
/// The function ran and failed, or was stopped.
pub(super) const FAILED: u8 = 4;

/// Returns the exit code of a call that failed with this outcome, or before it had one.
pub(super) fn of(outcome: Option<Outcome>, code: Option<i64>) -> u8 {
    match outcome {
        Some(Outcome::InvalidArguments) => USAGE,
        Some(Outcome::Error) if code == Some(RpcError::MISSING_CAPABILITY.into()) => REFUSED,
        Some(outcome) if outcome.is_refusal() => REFUSED,
        Some(_) => FAILED,
        None if code == Some(RpcError::INVALID_PARAMS.into()) => USAGE,
        None => REFUSED,
    }
}
