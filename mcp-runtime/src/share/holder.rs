//! The caller that something is counted for.
//!
//! Identity for limits, which is coarser than identity for access: an anonymous caller has no name,
//! but an address; an IPv6 network of 64 bits is one caller, as a household has that many
//! addresses.

use std::net::IpAddr;

use crate::network::subscriber;
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
            (None, Some(address)) => Self::Network(subscriber(address)),
            (None, None) => Self::Anonymous,
        }
    }

    /// Returns the holder that `principal` is counted as on a line connection.
    pub(crate) fn on_line(principal: &Principal) -> Self {
        principal.key().map_or(Self::Line, Self::Principal)
    }
}
