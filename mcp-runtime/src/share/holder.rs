//! The caller that something is counted for.

use std::net::{IpAddr, Ipv6Addr};

use crate::principal::{Key, Principal};

/// A caller, as far as it can be distinguished from others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Holder {
    /// A verified one.
    Principal(Key),
    /// The anonymous callers of one network.
    Network(IpAddr),
    /// All anonymous callers whose address is not known.
    #[default]
    Anonymous,
    /// The one caller of a line connection.
    Line,
}

impl Holder {
    /// Returns the holder that `principal`, calling from `peer`, is counted as.
    pub(crate) fn new(principal: &Principal, peer: Option<IpAddr>) -> Self {
        match (principal.key(), peer) {
            (Some(key), _) => Self::Principal(key),
            (None, Some(address)) => Self::Network(network(address)),
            (None, None) => Self::Anonymous,
        }
    }

    /// Returns the holder that `principal` is counted as on a line connection.
    pub(crate) fn on_line(principal: &Principal) -> Self {
        principal.key().map_or(Self::Line, Self::Principal)
    }
}

/// Returns the address that stands for all of one subscriber: an IPv6 /64 is one household, not 2⁶⁴ callers.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_network_count_as_one() {
        let same = |a: &str, b: &str| network(a.parse().unwrap()) == network(b.parse().unwrap());
        assert!(same("2001:db8::1", "2001:db8::2:3:4:5"));
        assert!(!same("2001:db8::1", "2001:db8:0:1::1"));
        assert!(same("::ffff:192.0.2.1", "192.0.2.1"));
        assert!(!same("192.0.2.1", "192.0.2.2"));
    }
}
