//! The places of connections: bounded in all, and for each address.
//!
//! Two counters under one mutex, held for one look-up. An IPv6 network of 64 bits is one address. A place is released
//! when dropped, wherever the connection has moved to.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::limits::Limit;
use crate::live::Number;
use crate::network::subscriber;

/// The places of one listener.
#[derive(Clone, Debug)]
pub(super) struct Places(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    most: Number,
    most_per_address: Number,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    /// Addresses with at least one connection; so there are no more of them than connections.
    by_address: HashMap<IpAddr, usize>,
}

/// The place of one connection, free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Places,
    address: Option<IpAddr>,
}

impl Places {
    pub(super) fn new(most: Number, most_per_address: Number) -> Self {
        Self(Arc::new(Shared {
            most,
            most_per_address,
            taken: Mutex::default(),
        }))
    }

    /// Takes a place for a connection from `address`, or returns the exhausted limit. One without an address, such as
    /// from a trusted proxy, counts in all only.
    pub(super) fn take(&self, address: Option<IpAddr>) -> Result<Place, Limit> {
        let address = address.map(subscriber);
        let mut taken = self.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.all >= self.0.most.get() {
            return Err(Limit::Connections);
        }
        if let Some(address) = address {
            let own = taken.by_address.entry(address).or_default();
            if *own >= self.0.most_per_address.get() {
                return Err(Limit::PerIp);
            }
            *own += 1;
        }
        taken.all += 1;
        Ok(Place {
            places: self.clone(),
            address,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let shared = &self.places.0;
        let mut taken = shared.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= 1;
        let Some(address) = &self.address else {
            return;
        };
        if let Some(own) = taken.by_address.get_mut(address) {
            *own -= 1;
            if *own == 0 {
                taken.by_address.remove(address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn hosts_are_distinguished_by_their_network() {
        let places = Places::new(Number::from(10), Number::from(1));
        let held = ["10.0.0.1", "10.0.0.2", "2001:db8::1", "2001:db8:0:1::1"]
            .map(|text| places.take(Some(address(text))).unwrap());
        for text in ["10.0.0.1", "::ffff:10.0.0.1", "2001:db8::2"] {
            assert_eq!(
                places.take(Some(address(text))).unwrap_err(),
                Limit::PerIp,
                "{text}"
            );
        }
        drop(held);
        assert!(places.take(Some(address("10.0.0.1"))).is_ok());
        assert!(
            places.0.taken.lock().unwrap().by_address.is_empty(),
            "nothing is kept"
        );
    }

    #[test]
    fn a_trusted_proxy_has_as_many_as_there_are() {
        let places = Places::new(Number::from(3), Number::from(1));
        let _held = [(); 3].map(|()| places.take(None).unwrap());
        assert_eq!(places.take(None).unwrap_err(), Limit::Connections);
    }

    #[test]
    fn a_refused_connection_takes_no_place() {
        let places = Places::new(Number::from(2), Number::from(1));
        let _one = places.take(Some(address("10.0.0.1")));
        for _ in 0..5 {
            assert_eq!(
                places.take(Some(address("10.0.0.1"))).unwrap_err(),
                Limit::PerIp
            );
        }
        let _two = places.take(Some(address("10.0.0.2"))).unwrap();
        assert_eq!(
            places.take(Some(address("10.0.0.3"))).unwrap_err(),
            Limit::Connections
        );
        assert_eq!(places.0.taken.lock().unwrap().by_address.len(), 2);
    }
}
