//! Calls in flight: bounded in all, and for each caller once there are many.
//!
//! A call costs one atomic addition while the server is quiet. A ledger by holder would take a lock and a map for each
//! call, without a benefit while few calls are in flight.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Full, Holder, Maximum, Share, Shares};
use crate::limits::{Limit, SHARE};
use crate::live::Number;

/// The calls in flight of one server.
///
/// Up to the first quarter of the maximum, calls are not counted by caller, which costs nothing. Beyond it each caller
/// has at most a quarter more, so that one caller has at most half of the maximum.
#[derive(Clone, Debug)]
pub(crate) struct Calls(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    most: Number,
    all: AtomicUsize,
    counted: Shares,
}

/// The permit of one call, released when dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    calls: Arc<Shared>,
    share: Option<Share>,
}

impl Calls {
    /// Allows `most` calls at a time.
    pub(crate) fn new(most: impl Into<Number>) -> Self {
        let most = most.into();
        let amount = Maximum {
            number: most.clone(),
            bytes: usize::MAX.into(),
        };
        Self(Arc::new(Shared {
            most,
            all: AtomicUsize::new(0),
            counted: Shares::new(Limit::Calls, amount),
        }))
    }

    /// Takes a permit for a call of the caller returned by `holder`.
    ///
    /// `holder` is called only beyond the first quarter.
    pub(crate) fn take(&self, holder: impl FnOnce() -> Holder) -> Result<Permit, Full> {
        let all = self.0.all.fetch_add(1, Ordering::Relaxed) + 1;
        let mut permit = Permit {
            calls: Arc::clone(&self.0),
            share: None,
        };
        let most = self.0.most.get();
        if all > most {
            return Err(self.0.counted.full());
        }
        if all > most / SHARE {
            permit.share = Some(self.0.counted.take(&holder(), 0)?);
        }
        Ok(permit)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.calls.all.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::super::Amount;
    use super::*;
    use crate::principal::Principal;
    use crate::protocol::RpcError;

    fn holder(name: &str) -> Holder {
        Holder::new(&Principal::new(name, [""; 0]), None)
    }

    #[test]
    fn one_caller_has_at_most_half_and_all_have_the_maximum() {
        let calls = Calls::new(16);
        let take = |name: &str| calls.take(|| holder(name));
        let mut held: Vec<_> = (0..8).map(|_| take("ann").unwrap()).collect();
        let full = RpcError::from(take("ann").unwrap_err());
        assert_eq!(full.http_status(), 429);
        for name in ["bob", "eve"] {
            held.extend((0..4).map(|_| take(name).unwrap()));
        }
        let full = RpcError::from(take("joe").unwrap_err());
        assert_eq!(full.http_status(), 503);
        assert!(
            full.message.contains("too many calls are in flight"),
            "{}",
            full.message
        );
        held.pop();
        assert!(take("joe").is_ok());
        drop(held);
        assert_eq!(calls.0.all.load(Ordering::Relaxed), 0);
        assert_eq!(calls.0.counted.held(), Amount::default());
    }
}
