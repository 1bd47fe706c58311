//! The caller that resources are counted for.
//!
//! The identity for limits is coarser than that for access: an anonymous caller has no name, but an address; an IPv6
//! network of 64 bits is one caller, as a household has that many addresses.

use std::net::IpAddr;

use crate::network::subscriber;
use crate::principal::{Key, Principal};

/// A caller, as distinguished by limits.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Holder {
    /// A verified caller.
    Principal(Key),
    /// The anonymous callers of one network.
    Network(IpAddr),
    /// All anonymous callers with an unknown address.
    #[default]
    Anonymous,
    /// The only caller of a line connection.
    Line,
}

impl Holder {
    /// Returns the holder of `principal`, calling from `peer`.
    pub(crate) fn new(principal: &Principal, peer: Option<IpAddr>) -> Self {
        match (principal.key(), peer) {
            (Some(key), _) => Self::Principal(key),
            (None, Some(address)) => Self::Network(subscriber(address)),
            (None, None) => Self::Anonymous,
        }
    }

    /// Returns the holder of `principal` on a line connection.
    pub(crate) fn on_line(principal: &Principal) -> Self {
        principal.key().map_or(Self::Line, Self::Principal)
    }
}
