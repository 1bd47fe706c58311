//! The guard against floods: limits the number of requests from one address in a second, before anything else.
//!
//! The counter of an address is the time at which it has all of its requests again, one number (GCRA). Two generations
//! of the map are kept, for this second and for the last one, so that expiry drops a map instead of searching it.
//! Networks beyond 65,536 in a second share one counter. At most one line a minute is logged.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::quiet::Quiet;
use crate::limits::Limit;
use crate::live::Number;
use crate::network::subscriber;
use crate::protocol::RpcError;

/// The maximum number of addresses that are counted separately in one second; others share one count.
const MOST: usize = 1 << 16;
/// The time in which an address regains all of its requests.
const WINDOW: Duration = Duration::from_secs(1);

/// Counts requests by address.
#[derive(Debug)]
pub(super) struct Flood {
    per_second: Number,
    counted: Mutex<Counted>,
    log: Quiet,
}

/// The times at which addresses have all of their requests again: those seen in this window, and in the previous one.
///
/// An older one has passed, and need not be kept.
#[derive(Debug)]
struct Counted {
    begun: Instant,
    now: HashMap<Option<IpAddr>, Instant>,
    before: HashMap<Option<IpAddr>, Instant>,
}

impl Flood {
    pub(super) fn new(per_second: Number) -> Self {
        Self {
            per_second,
            counted: Mutex::new(Counted {
                begun: Instant::now(),
                now: HashMap::new(),
                before: HashMap::new(),
            }),
            log: Quiet::default(),
        }
    }

    /// Counts a request or a connection from `address`; an error if there have been too many.
    ///
    /// Loopback is not counted: a local client is a proxy, or has other means to keep this machine busy.
    pub(super) fn check(&self, address: IpAddr) -> Result<(), RpcError> {
        if address.to_canonical().is_loopback() {
            return Ok(());
        }
        let most = self.per_second.get();
        // The time of one request.
        let cost = WINDOW / u32::try_from(most.max(1)).unwrap_or(u32::MAX);
        if self.lock().takes(subscriber(address), cost) {
            return Ok(());
        }
        if self.log.may_speak() {
            tracing::warn!(%address, "requests are refused: too many from one address; if it is a proxy's, name it in trusted_proxies");
        }
        let text =
            format!("too many requests from this address: at most {most} in a second; slow down");
        Err(RpcError::internal(text).with_status(429).over(Limit::Flood))
    }

    fn lock(&self) -> MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counted {
    /// Takes a request of `cost` (the generic cell rate algorithm); returns false if there is none left.
    fn takes(&mut self, address: IpAddr, cost: Duration) -> bool {
        let now = Instant::now();
        if now - self.begun >= WINDOW {
            let is_old = now - self.begun >= 2 * WINDOW;
            self.before = std::mem::take(&mut self.now);
            if is_old {
                self.before = HashMap::new();
            }
            self.begun = now;
        }
        let mut key = Some(address);
        if self.now.len() >= MOST && !self.now.contains_key(&key) {
            key = None;
        }
        let known = self.now.get(&key).or_else(|| self.before.get(&key));
        let full = known.map_or(now, |at| (*at).max(now)) + cost;
        let fits = full <= now + WINDOW;
        if fits {
            self.now.insert(key, full);
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;
    use tokio::time::advance;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn passed(flood: &Flood, from: IpAddr, requests: usize) -> usize {
        (0..requests).filter(|_| flood.check(from).is_ok()).count()
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_has_its_requests_back_after_a_second_and_others_have_theirs() {
        let flood = Flood::new(Number::from(50));
        let (one, other) = (address("192.0.2.1"), address("192.0.2.2"));
        assert_eq!(passed(&flood, one, 80), 50);
        assert_eq!(passed(&flood, other, 80), 50);
        advance(Duration::from_millis(100)).await;
        assert_eq!(passed(&flood, one, 80), 5);
        for _ in 0..4 {
            advance(Duration::from_millis(900)).await;
            assert_eq!(passed(&flood, one, 80), 45);
        }
        advance(Duration::from_mins(1)).await;
        assert_eq!(passed(&flood, one, 80), 50);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_says_how_many_and_is_counted_as_a_flood() {
        let flood = Flood::new(Number::from(1));
        let one = address("2001:db8::1");
        assert!(flood.check(one).is_ok());
        let refused = flood.check(address("2001:db8::2")).unwrap_err();
        assert_eq!(
            (refused.http_status(), refused.limit),
            (429, Some(Limit::Flood))
        );
        assert!(refused.message.contains("at most 1 in a second"));
        for local in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(passed(&flood, address(local), 9), 9, "{local}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn addresses_beyond_the_maximum_share_one_count_and_nothing_is_kept() {
        let flood = Flood::new(Number::from(2));
        let nth = |n: u32| IpAddr::V4(Ipv4Addr::from_bits(0x0b00_0000 + n));
        let most = u32::try_from(MOST).unwrap();
        assert!((0..most).all(|n| flood.check(nth(n)).is_ok()));
        assert_eq!(
            (most..most + 9)
                .filter(|n| flood.check(nth(*n)).is_ok())
                .count(),
            2
        );
        assert!(flood.check(nth(0)).is_ok(), "one that is known has its own");
        assert_eq!(flood.lock().now.len(), MOST + 1);
        for _ in 0..2 {
            advance(WINDOW).await;
            flood.check(nth(1)).unwrap();
        }
        let counted = flood.lock();
        assert_eq!((counted.now.len(), counted.before.len()), (1, 1));
    }
}
