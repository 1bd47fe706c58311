//! The address of a caller behind trusted proxies.
//!
//! Each proxy appends the address of its client. So the list is read from the right, and ends at the first address
//! outside of trusted proxies: the caller may have made up everything to the left of it.
//!
//! `X-Forwarded-For` and `Forwarded` (RFC 7239) are read only on connections from networks in
//! [`Server::trusted_proxies`](crate::Server::trusted_proxies). An entry that is not an address (`unknown`, an
//! obfuscated name) ends the walk with the last known address.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::network::Network;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The networks of proxies whose headers are trusted.
#[derive(Debug)]
pub(super) struct Proxies(Vec<Network>);

impl Proxies {
    /// Takes the networks of the setting, which are valid.
    pub(super) fn new(networks: &[String]) -> Self {
        Self(networks.iter().filter_map(|it| it.parse().ok()).collect())
    }

    /// Returns true if what comes from `address` is forwarded by a trusted proxy.
    pub(super) fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }

    /// Returns the address of the caller of a request with these headers on a connection from `peer`.
    ///
    /// If both headers are present and differ, the caller has made up one of them, since a proxy writes one and
    /// forwards the other; then the proxy itself counts as the caller.
    pub(super) fn caller(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.trusts(peer) {
            return peer;
        }
        let old = self.walk(peer, headers, &FORWARDED_FOR, |entry| {
            entry.parse().ok().or_else(|| node(entry))
        });
        let new = self.walk(peer, headers, &header::FORWARDED, forwarded);
        match (old, new) {
            (Some(old), Some(new)) if old != new => peer,
            (Some(address), _) | (None, Some(address)) => address,
            (None, None) => peer,
        }
    }

    /// Follows the entries of a header from the right, as long as they are those of trusted proxies; `None` without the header.
    fn walk(
        &self,
        peer: IpAddr,
        headers: &HeaderMap,
        name: &HeaderName,
        read: impl Fn(&str) -> Option<IpAddr>,
    ) -> Option<IpAddr> {
        let mut values = headers.get_all(name).iter();
        let mut caller = None;
        while let Some(value) = values.next_back() {
            for entry in entries(value).rev() {
                let Some(address) = read(entry.trim()) else {
                    return caller.or(Some(peer));
                };
                let address = address.to_canonical();
                caller = Some(address);
                if !self.trusts(address) {
                    return caller;
                }
            }
        }
        caller
    }
}

/// The entries of a list. Quoted commas are not handled, as no address has one.
fn entries(value: &HeaderValue) -> impl DoubleEndedIterator<Item = &str> {
    value.to_str().unwrap_or("?").split(',')
}

/// The address of `for=` in one element of `Forwarded` (RFC 7239, section 4).
fn forwarded(element: &str) -> Option<IpAddr> {
    let parts = element.split(';').map(str::trim);
    let mut values = parts.filter_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.eq_ignore_ascii_case("for").then_some(value)
    });
    let value = values.next()?;
    let text = value
        .strip_prefix('"')
        .map_or(Some(value), |it| it.strip_suffix('"'))?;
    node(text)
}

/// The address of a node: with or without a port, IPv6 in brackets (RFC 7239, section 6).
fn node(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some(address.ip());
    }
    let inner = text.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    match inner {
        Some(inner) => inner.parse().ok().map(IpAddr::V6),
        None => text.parse().ok().map(IpAddr::V4),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(peer: &str, lines: &[(&'static str, &'static str)]) -> String {
        let proxies = Proxies::new(&["10.0.0.0/8".to_owned(), "2001:db8:1::/48".to_owned()]);
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_static(value));
        }
        proxies.caller(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn the_caller_is_the_first_from_the_right_that_no_trusted_proxy_is() {
        const OLD: &str = "x-forwarded-for";
        const NEW: &str = "forwarded";
        for (lines, wanted) in [
            (&[][..], "10.0.0.1"),
            (&[(OLD, "192.0.2.1")], "192.0.2.1"),
            (&[(OLD, "198.51.100.9, 192.0.2.1, 10.0.0.7")], "192.0.2.1"),
            (&[(OLD, "198.51.100.9"), (OLD, "192.0.2.1")], "192.0.2.1"),
            (&[(OLD, "10.1.1.1, 10.2.2.2")], "10.1.1.1"),
            (&[(OLD, "192.0.2.1:4711")], "192.0.2.1"),
            (&[(OLD, "2001:db8::7")], "2001:db8::7"),
            (&[(OLD, "[2001:db8::7]:4711, 2001:db8:1::1")], "2001:db8::7"),
            (&[(OLD, "::ffff:192.0.2.1")], "192.0.2.1"),
            (&[(OLD, "192.0.2.1, unknown, 10.0.0.7")], "10.0.0.7"),
            (&[(OLD, "unknown")], "10.0.0.1"),
            (&[(OLD, "")], "10.0.0.1"),
            (&[(OLD, "192.0.2.1,")], "10.0.0.1"),
            (
                &[(NEW, "for=192.0.2.1;proto=https;by=10.0.0.1")],
                "192.0.2.1",
            ),
            (&[(NEW, "For=\"[2001:db8::7]:4711\"")], "2001:db8::7"),
            (
                &[(NEW, "proto=http; for=198.51.100.9, for=192.0.2.1")],
                "192.0.2.1",
            ),
            (&[(NEW, "for=_hidden, for=10.0.0.7")], "10.0.0.7"),
            (&[(NEW, "for=\"192.0.2.1")], "10.0.0.1"),
            (&[(NEW, "proto=https")], "10.0.0.1"),
            (&[(OLD, "192.0.2.1"), (NEW, "for=192.0.2.1")], "192.0.2.1"),
            (&[(OLD, "192.0.2.1"), (NEW, "for=198.51.100.9")], "10.0.0.1"),
        ] {
            assert_eq!(caller("10.0.0.1", lines), wanted, "{lines:?}");
            assert_eq!(
                caller("192.0.2.77", lines),
                "192.0.2.77",
                "nobody else is believed"
            );
        }
    }
}
