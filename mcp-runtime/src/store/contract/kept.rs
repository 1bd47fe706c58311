//! The results and keys of the tests.

use std::fmt::Debug;
use std::time::Duration;

use crate::store::StoreError;

/// The maximum delay of a message.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);
/// The tolerated difference of clocks.
pub(crate) const SLACK: Duration = Duration::from_millis(20);

/// Unwraps the result of a store that must not fail.
pub(crate) fn kept<T: Debug>(result: Result<T, StoreError>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("the store failed: {error}"),
    }
}

/// Returns a unique key without spaces, as an id.
pub(crate) fn unique_id(name: &str) -> String {
    unique(name).replace(' ', "-")
}

/// Returns a unique key.
pub(crate) fn unique(name: &str) -> String {
    format!(
        "contract {name} {}",
        crate::random::id().unwrap_or_default()
    )
}
