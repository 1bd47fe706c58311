//! Addresses on the public internet, and those that are not.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Returns `true` for an address of the public internet: not loopback, private, link-local, shared or reserved.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Returns `true` for a host of a URL that is the literal of an address which is not public.
pub(super) fn is_literal_private(host: &str) -> bool {
    let literal = host.trim_start_matches('[').trim_end_matches(']');
    literal.parse().is_ok_and(|address| !is_public(address))
}

/// IANA's special-purpose registry (RFC 6890), multicast and the reserved class.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let protocols = (a, b, c) == (192, 0, 0);
    let relays = (a, b, c) == (192, 88, 99);
    let benchmarks = a == 198 && (b == 18 || b == 19);
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation();
    a != 0 && a < 224 && !(special || shared || protocols || relays || benchmarks)
}

/// Global unicast (`2000::/3`) without documentation, and without what carries an IPv4 address that is not public.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, ..] = address.segments();
    let documentation = (a == 0x2001 && b == 0xdb8) || (a == 0x3fff && b < 0x1000);
    let protocols = a == 0x2001 && b < 0x200;
    if a == 0x2002 {
        let [[a, b], [c, d]] = [b.to_be_bytes(), c.to_be_bytes()];
        return is_public_v4(Ipv4Addr::new(a, b, c, d));
    }
    a & 0xe000 == 0x2000 && !documentation && !protocols
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_not_public_in_any_form() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.0.1",
            "198.18.0.1",
            "203.0.113.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "2001:db8::1",
            "2002:a00:1::",
            "64:ff9b::a00:1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
            assert!(is_literal_private(private), "{private}");
        }
        for public in [
            "8.8.8.8",
            "1.1.1.1",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "2002:808:808::",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        assert!(is_literal_private("[::1]") && !is_literal_private("login.example.com"));
    }
}
