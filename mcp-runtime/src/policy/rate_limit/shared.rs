//! The counts of all instances, in a store.
//!
//! Invariants: while the store fails, each instance enforces its share of the limit; a round that cannot be looked up
//! counts as a call.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::{Caller, Local};
use crate::handler::spec::policy::RateLimit;
use crate::policy::contain::{contain_now, contained};
use crate::principal;
use crate::seal::{LIFETIME, RoundId, Subject};
use crate::store::{Admission, Rates, Spent, Stores};

#[derive(Debug)]
pub(super) struct Shared {
    limit: RateLimit,
    name: String,
    rates: Arc<dyn Rates>,
    spent: Option<Arc<dyn Spent>>,
    /// The local counts while the store fails, for a number of instances.
    away: Mutex<Option<(u32, Arc<Local>)>>,
}

impl Shared {
    /// Shares the counts of `name`, if there is a store for them.
    pub(super) fn new(limit: RateLimit, name: &str, stores: &Stores) -> Option<Self> {
        Some(Self {
            limit,
            name: name.to_owned(),
            rates: Arc::clone(stores.rates.as_ref()?),
            spent: stores.spent.clone(),
            away: Mutex::default(),
        })
    }

    pub(super) async fn check(
        &self,
        caller: Option<Caller>,
        round: Option<RoundId>,
    ) -> Result<(), Duration> {
        let key = self.key(caller.as_ref());
        if let Some(round) = round
            && self.continues(&key, round).await
        {
            return Ok(());
        }
        match contained(async { self.rates.check(&key, self.limit.rate()).await }).await {
            Ok(Admission::Admitted) => Ok(()),
            Ok(Admission::Wait(wait)) => Err(wait),
            Err(error) => {
                tracing::debug!(%error, "the store of rate limits failed; this instance counts the call alone");
                self.away().check(caller, None)
            }
        }
    }

    pub(super) async fn forget_round(&self, caller: Option<&Caller>, round: RoundId) {
        if let Some(spent) = &self.spent {
            let key = marked(&self.key(caller), round);
            // A mark that remains costs the caller a call.
            let _ = contained(async { spent.forget(&key).await }).await;
        }
    }

    /// Returns `true` if `round` continues a call that was counted under `key`.
    async fn continues(&self, key: &str, round: RoundId) -> bool {
        let Some(spent) = &self.spent else {
            return false;
        };
        let key = marked(key, round);
        let first = async { spent.first(&key, 2 * LIFETIME).await };
        contained(first).await.unwrap_or(false)
    }

    /// The counts of this instance for its share of the limit.
    fn away(&self) -> Arc<Local> {
        let instances = contain_now(|| self.rates.instances()).map_or(1, |it| it.max(1));
        let mut away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        match &*away {
            Some((known, local)) if *known == instances => Arc::clone(local),
            _ => {
                let local = Arc::new(Local::new(self.limit.divided(instances)));
                *away = Some((instances, Arc::clone(&local)));
                local
            }
        }
    }

    fn key(&self, caller: Option<&Caller>) -> String {
        match caller {
            None => format!("{}:all", self.name),
            Some(caller) => format!("{}:{caller}", self.name),
        }
    }
}

/// The key of the mark of `round`, next to the count under `key`.
fn marked(key: &str, round: RoundId) -> String {
    format!("{key}:{:x}.{:x}", round.issued, round.id)
}

/// A digest, so that the store contains no names of callers.
impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digest = match self {
            Self::Principal(principal::Key { issuer, subject }) => {
                let issuer = issuer.as_deref().unwrap_or_default();
                Subject::from_parts([b"principal", issuer.as_bytes(), subject.as_bytes()])
            }
            Self::Address(address) => {
                Subject::from_parts([&b"address"[..], address.to_string().as_bytes()])
            }
        };
        f.write_str(&digest.short())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Rate, StoreFuture};

    /// A store that counts without limit, until it becomes unavailable.
    #[derive(Debug, Default)]
    struct Counting(Mutex<Option<u32>>);

    impl Rates for Counting {
        fn check<'a>(&'a self, _: &'a str, rate: Rate) -> StoreFuture<'a, Admission> {
            Box::pin(async move {
                let mut count = self.0.lock().unwrap();
                let count = count.as_mut().ok_or("away")?;
                *count += 1;
                Ok(if *count <= rate.count {
                    Admission::Admitted
                } else {
                    Admission::Wait(Duration::from_secs(1))
                })
            })
        }

        fn instances(&self) -> u32 {
            3
        }
    }

    /// A store that panics before it returns a future.
    #[derive(Debug)]
    struct Panicking;

    impl Rates for Panicking {
        fn check<'a>(&'a self, _: &'a str, _: Rate) -> StoreFuture<'a, Admission> {
            panic!("no future")
        }

        fn instances(&self) -> u32 {
            panic!("no number")
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_panics_counts_as_unavailable() {
        let limit = RateLimit::new(10, 60_000);
        let stores = Stores::default().rates(Panicking);
        let shared = Shared::new(limit, "tool:search", &stores).unwrap();
        assert_eq!(admitted(&shared).await, 10);
    }

    async fn admitted(shared: &Shared) -> usize {
        let mut admitted = 0;
        for _ in 0..20 {
            admitted += usize::from(shared.check(None, None).await.is_ok());
        }
        admitted
    }

    #[tokio::test(start_paused = true)]
    async fn while_the_store_is_unavailable_an_instance_applies_its_part() {
        let limit = RateLimit::new(10, 60_000);
        for (count, expected) in [(Some(0), 10), (None, 4)] {
            let stores = Stores::default().rates(Counting(Mutex::new(count)));
            let shared = Shared::new(limit, "tool:search", &stores).unwrap();
            assert_eq!(admitted(&shared).await, expected);
            assert_eq!(admitted(&shared).await, 0);
        }
    }
}
