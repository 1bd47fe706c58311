//! The shares of callers in bounded resources, so that no caller takes all of them.
//!
//! Invariant: callers hold at most the maximum together, and each at most its share; a resource is released when it is
//! dropped.
//!
//! A ledger ([`Shares`]) has a maximum in number and in bytes; one holder has at most a quarter of both, and at least
//! one item. A [`Share`] releases what it counts when dropped, so it is stored with the resource (in a future, in a
//! stream, in the bytes of a response), and needs no explicit release. The client of a line may have all of it, as it
//! is the only one.
//!
//! One mutex for each ledger, held for a look-up in a map; the map has one entry for each holder.

mod budget;
mod calls;
mod holder;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
pub(crate) use budget::{Budget, Reserved};
use bytes::Bytes;
pub(crate) use calls::{Calls, Permit};
pub(crate) use holder::Holder;

use crate::limits::{self, Limit, SHARE};
use crate::live::Number;
use crate::protocol::RpcError;

/// Returns the size of a request's head.
pub(crate) fn head(headers: &HeaderMap) -> usize {
    let bytes = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len();
    headers.iter().map(bytes).sum()
}

/// A number of items and their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Amount {
    pub number: usize,
    pub bytes: usize,
}

/// A maximum that a reload changes. Amounts beyond a new one remain until they are released.
#[derive(Clone, Debug)]
pub(crate) struct Maximum {
    pub number: Number,
    pub bytes: Number,
}

/// One kind of resource that callers hold, with its bounds.
#[derive(Clone, Debug)]
pub(crate) struct Shares(Arc<Ledger>);

#[derive(Debug)]
struct Ledger {
    limit: Limit,
    most: Maximum,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    all: Amount,
    by_holder: HashMap<Holder, Amount>,
}

/// A part of a resource, held by a caller until it is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    ledger: Arc<Ledger>,
    holder: Holder,
    amount: Amount,
}

/// The bound that was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full {
    limit: Limit,
    is_own: bool,
    is_in_number: bool,
    most: Amount,
}

/// Returns `text` as bytes that keep `with` alive as long as themselves.
pub(crate) fn kept_with(text: Bytes, with: impl Send + 'static) -> Bytes {
    struct Kept<T>(Bytes, T);
    impl<T> AsRef<[u8]> for Kept<T> {
        fn as_ref(&self) -> &[u8] {
            &self.0
        }
    }
    Bytes::from_owner(Kept(text, with))
}

impl Amount {
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            number: self.number.saturating_add(other.number),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        Self {
            number: self.number.saturating_sub(other.number),
            bytes: self.bytes.saturating_sub(other.bytes),
        }
    }

    pub(crate) fn fits(self, most: Self) -> bool {
        self.number <= most.number && self.bytes <= most.bytes
    }

    /// The part of one caller.
    pub(crate) fn share(self) -> Self {
        Self {
            number: (self.number / SHARE).max(1),
            bytes: self.bytes / SHARE,
        }
    }
}

impl Maximum {
    /// A maximum in number and in bytes, each of which may change.
    pub(crate) fn new(number: Number, bytes: &Number) -> Self {
        Self {
            number,
            bytes: bytes.clone(),
        }
    }

    /// Returns the maximum in force.
    pub(crate) fn get(&self) -> Amount {
        Amount {
            number: self.number.get(),
            bytes: self.bytes.get(),
        }
    }
}

impl From<Amount> for Maximum {
    fn from(most: Amount) -> Self {
        Self {
            number: most.number.into(),
            bytes: most.bytes.into(),
        }
    }
}

impl Shares {
    /// Bounds the resource of `limit` to `most` for all callers together, and to a share of it for each.
    pub(crate) fn new(limit: Limit, most: impl Into<Maximum>) -> Self {
        Self(Arc::new(Ledger {
            limit,
            most: most.into(),
            held: Mutex::default(),
        }))
    }

    /// Counts one more item of `bytes` for `holder`.
    ///
    /// Fails without a change; the error states whose bound was reached: 429 for the caller's own, 503 for that of all.
    pub(crate) fn take(&self, holder: &Holder, bytes: usize) -> Result<Share, Full> {
        let amount = Amount { number: 1, bytes };
        self.0.add(holder, amount, false)?;
        Ok(self.share(holder, amount))
    }

    /// Counts `text` for `holder` as long as it is kept, unless it is short. A single text may be larger than the
    /// maximum.
    ///
    /// The returned bytes hold the share: it is released when their last clone is dropped, which is when the transport
    /// has written them. Up to [`limits::UNTRACKED`] nothing is counted.
    pub(crate) fn track(&self, holder: &Holder, text: Bytes) -> Result<Bytes, Full> {
        if text.len() <= limits::UNTRACKED {
            return Ok(text);
        }
        let amount = Amount {
            number: 1,
            bytes: text.len(),
        };
        self.0.add(holder, amount, true)?;
        let share = self.share(holder, amount);
        Ok(kept_with(text, share))
    }

    /// Returns the refusal of an item beyond the maximum of all callers.
    pub(crate) fn full(&self) -> Full {
        Full {
            limit: self.0.limit,
            is_own: false,
            is_in_number: true,
            most: self.0.most.get(),
        }
    }

    fn share(&self, holder: &Holder, amount: Amount) -> Share {
        Share {
            ledger: Arc::clone(&self.0),
            holder: holder.clone(),
            amount,
        }
    }

    /// Returns the amount held in all.
    #[cfg(test)]
    pub(crate) fn held(&self) -> Amount {
        self.0.lock().all
    }
}

impl Ledger {
    /// With `alone`, the first item of a holder, and the first of all, fits whatever its size: a response larger than
    /// a share would otherwise never be sent.
    fn add(&self, holder: &Holder, amount: Amount, alone: bool) -> Result<(), Full> {
        let most = self.most.get();
        let mut held = self.lock();
        let own = held.by_holder.get(holder).copied().unwrap_or_default();
        let is_first = [own.number == 0, held.all.number == 0];
        let (own, all) = (own.plus(amount), held.all.plus(amount));
        let share = match holder {
            Holder::Line => most,
            _ => most.share(),
        };
        let sums = [(own, share, true), (all, most, false)];
        for ((amount, most, is_own), is_first) in sums.into_iter().zip(is_first) {
            if !(amount.fits(most) || alone && is_first) {
                return Err(Full {
                    limit: self.limit,
                    is_own,
                    is_in_number: amount.number > most.number,
                    most,
                });
            }
        }
        held.all = all;
        held.by_holder.insert(holder.clone(), own);
        Ok(())
    }

    fn release(&self, holder: &Holder, amount: Amount) {
        let mut held = self.lock();
        held.all = held.all.minus(amount);
        let Some(own) = held.by_holder.get_mut(holder) else {
            return;
        };
        *own = own.minus(amount);
        if *own == Amount::default() {
            held.by_holder.remove(holder);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Share {
    /// Counts `bytes` more.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), Full> {
        let amount = Amount { number: 0, bytes };
        self.ledger.add(&self.holder, amount, false)?;
        self.amount = self.amount.plus(amount);
        Ok(())
    }

    /// Counts `bytes` less.
    pub(crate) fn shrink(&mut self, bytes: usize) {
        let amount = Amount {
            number: 0,
            bytes: bytes.min(self.amount.bytes),
        };
        self.ledger.release(&self.holder, amount);
        self.amount = self.amount.minus(amount);
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.ledger.release(&self.holder, self.amount);
    }
}

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = if self.is_own {
            "one caller"
        } else {
            "all callers together"
        };
        let Amount { number, bytes } = self.most;
        let (what, advice) = self.limit.words();
        if self.is_in_number {
            write!(f, "too many {what}: {whose} may have {number}; {advice}")
        } else {
            write!(
                f,
                "too many {what}: {whose} may hold {bytes} bytes of them; {advice}"
            )
        }
    }
}

impl std::error::Error for Full {}

impl From<Full> for RpcError {
    fn from(full: Full) -> Self {
        let status = if full.is_own { 429 } else { 503 };
        Self::internal(full.to_string())
            .with_status(status)
            .over(full.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::principal::Principal;

    fn holder(name: &str) -> Holder {
        Holder::new(&Principal::new(name, [""; 0]), None)
    }

    fn shares(number: usize, bytes: usize) -> Shares {
        Shares::new(Limit::Tasks, Amount { number, bytes })
    }

    #[test]
    fn one_caller_holds_a_quarter_and_the_rest_is_for_others() {
        let shares = shares(8, 800);
        let (ann, bob) = (holder("ann"), holder("bob"));
        let held = [shares.take(&ann, 1).unwrap(), shares.take(&ann, 1).unwrap()];
        let full = shares.take(&ann, 1).unwrap_err();
        assert_eq!(
            full.to_string(),
            "too many tasks are running: one caller may have 2; try again when one has ended"
        );
        assert!(shares.take(&bob, 1).is_ok());
        drop(held);
        assert!(shares.take(&ann, 1).is_ok());
        assert_eq!(shares.held(), Amount::default());
        assert!(shares.0.lock().by_holder.is_empty(), "nobody is remembered");
    }

    #[test]
    fn bytes_count_as_well_and_grow() {
        let shares = shares(8, 400);
        let ann = holder("ann");
        assert!(shares.take(&ann, 101).is_err());
        let mut share = shares.take(&ann, 50).unwrap();
        let full = share.grow(51).unwrap_err();
        assert!(full.to_string().contains("one caller may hold 100 bytes"));
        share.grow(50).unwrap();
        share.shrink(100);
        assert!(shares.take(&ann, 100).is_ok());
    }

    #[test]
    fn all_together_hold_no_more_than_the_maximum() {
        let shares = shares(4, 400);
        let names = ["a", "b", "c", "d"];
        let held: Vec<_> = names
            .map(|name| shares.take(&holder(name), 1).unwrap())
            .into();
        let full = shares.take(&holder("e"), 1).unwrap_err();
        assert!(full.to_string().contains("all callers together may have 4"));
        assert_eq!(RpcError::from(full).http_status(), 503);
        drop(held);
    }

    #[test]
    fn the_one_caller_of_a_line_holds_all() {
        let shares = shares(4, 400);
        let held: Vec<_> = (0..4).map(|_| shares.take(&Holder::Line, 100)).collect();
        assert!(held.iter().all(Result::is_ok));
        assert!(shares.take(&Holder::Line, 1).is_err());
    }

    #[test]
    fn a_text_counts_as_long_as_it_is_kept_and_one_alone_may_be_larger() {
        let shares = shares(usize::MAX, 400 * 1024);
        let ann = holder("ann");
        let text = |kib: usize| Bytes::from(vec![b'x'; kib * 1024]);
        let short: Vec<_> = (0..100).map(|_| shares.track(&ann, text(16))).collect();
        assert!(short.iter().all(Result::is_ok));
        let large = shares.track(&ann, text(500)).unwrap();
        let part = large.slice(7..9);
        drop(large);
        assert!(shares.track(&ann, text(20)).is_err());
        drop(part);
        let text_of_20 = shares.track(&ann, text(20)).unwrap();
        assert_eq!(text_of_20.len(), 20 * 1024);
        assert_eq!(shares.held().number, 1);
    }
}
