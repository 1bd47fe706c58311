//! Certificates made for the test, whole and broken.

use rcgen::{CertificateParams, DnType, DnValue, KeyPair, SanType, date_time_ymd};

use super::*;
use crate::random::Seeded;

/// Returns the DER of a certificate with these names that ends on that day.
fn certificate(common_name: &[DnValue], names: &[SanType], end: (i32, u8, u8)) -> Vec<u8> {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    for name in common_name {
        params
            .distinguished_name
            .push(DnType::CommonName, name.clone());
    }
    params.subject_alt_names = names.to_vec();
    params.not_before = date_time_ymd(1950, 1, 1);
    params.not_after = date_time_ymd(end.0, end.1, end.2);
    let key = KeyPair::generate().unwrap();
    params.self_signed(&key).unwrap().der().to_vec()
}

fn dns(name: &str) -> SanType {
    SanType::DnsName(name.try_into().unwrap())
}

fn uri(name: &str) -> SanType {
    SanType::URI(name.try_into().unwrap())
}

fn seconds(certificate: &Certificate) -> u64 {
    let since = certificate
        .not_after()
        .duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap().as_secs()
}

#[test]
fn names_end_and_thumbprint_are_those_of_the_certificate() {
    let names = [
        dns("a.example"),
        uri("spiffe://example/a"),
        dns("b.example"),
    ];
    let der = certificate(
        &[DnValue::Utf8String("Ann Ähnlich".into())],
        &names,
        (2031, 2, 3),
    );
    let read = Certificate::from_der(&der).unwrap();
    assert_eq!(read.common_name(), Some("Ann Ähnlich"));
    assert_eq!(read.dns_names(), ["a.example", "b.example"]);
    assert_eq!(read.uri_names(), ["spiffe://example/a"]);
    assert_eq!(read.thumbprint()[..], sha256([&der[..]])[..]);
    assert_eq!(seconds(&read), 1_927_843_200);
}

#[test]
#[cfg(all(feature = "tls", feature = "cli"))]
fn it_is_for_its_names_and_addresses_and_nothing_else() {
    let names = [
        dns("mcp.example.com"),
        dns("*.shop.example"),
        SanType::IpAddress([192, 0, 2, 1].into()),
        SanType::IpAddress("2001:db8::1".parse().unwrap()),
    ];
    let common = [DnValue::Utf8String("old.example".into())];
    let read = Certificate::from_der(&certificate(&common, &names, (2031, 2, 3))).unwrap();
    assert!(read.is_self_signed());
    let own = [
        "mcp.example.com",
        "MCP.Example.com",
        "eu.shop.example",
        "192.0.2.1",
        "[2001:db8::1]",
    ];
    for host in own {
        assert!(read.is_for(host), "{host}");
    }
    let foreign = [
        "example.com",
        "a.mcp.example.com",
        "shop.example",
        "a.eu.shop.example",
        "192.0.2.2",
        "old.example",
        "",
    ];
    for host in foreign {
        assert!(!read.is_for(host), "{host}");
    }
    assert_eq!(
        read.hosts(),
        "mcp.example.com, *.shop.example, 192.0.2.1, 2001:db8::1"
    );
}

#[test]
fn ends_on_both_sides_of_2050_are_read_though_they_are_written_differently() {
    for (end, wanted) in [
        ((1970, 1, 1), 0),
        ((1960, 1, 1), 0),
        ((2000, 2, 29), 951_782_400),
        ((2049, 12, 31), 2_524_521_600),
        ((2050, 1, 1), 2_524_608_000),
        ((2400, 3, 1), 13_574_649_600),
        ((9999, 12, 31), 253_402_214_400),
    ] {
        let read = Certificate::from_der(&certificate(&[], &[], end)).unwrap();
        assert_eq!(seconds(&read), wanted, "{end:?}");
    }
}

#[test]
fn a_certificate_without_names_has_none() {
    let read = Certificate::from_der(&certificate(&[], &[], (2030, 1, 1))).unwrap();
    assert_eq!(
        (read.common_name(), read.dns_names(), read.uri_names()),
        (None, &[][..], &[][..])
    );
}

#[test]
fn a_name_is_read_in_each_encoding_and_not_with_control_characters() {
    let encodings: [(u8, &[u8]); 6] = [
        (UTF8_STRING, "é".as_bytes()),
        (PRINTABLE_STRING, b"ann"),
        (IA5_STRING, b"ann"),
        (T61_STRING, b"ann"),
        (BMP_STRING, &[0, b'a', 0, 0xe9]),
        (UNIVERSAL_STRING, &[0, 0, 0, b'a']),
    ];
    for (tag, value) in encodings {
        assert!(printable(tag, value).is_some(), "{tag:#x}");
    }
    let broken: [(u8, &[u8]); 8] = [
        (UTF8_STRING, b""),
        (UTF8_STRING, b"ann\0evil"),
        (UTF8_STRING, b"ann\nevil"),
        (UTF8_STRING, &[0xff]),
        (IA5_STRING, "é".as_bytes()),
        (BMP_STRING, &[0, b'a', 0]),
        (BMP_STRING, &[0xd8, 0x00]),
        (OCTETS, b"ann"),
    ];
    for (tag, value) in broken {
        assert_eq!(printable(tag, value), None, "{tag:#x} {value:?}");
    }
}

#[test]
fn lengths_that_are_not_the_shortest_or_not_definite_are_refused() {
    for der in [
        &[0x30, 0x80, 0, 0][..],
        &[0x30, 0x81, 0x01, 0],
        &[0x30, 0x82, 0, 0x80],
        &[0x30, 0x84, 0, 0, 0, 0],
        &[0x3f, 0],
    ] {
        assert!(Reader(der).split().is_none(), "{der:x?}");
    }
    assert!(Certificate::from_der(&[]).is_err());
    let mut longer = certificate(&[], &[], (2030, 1, 1));
    longer.push(0);
    assert_eq!(Certificate::from_der(&longer), Err(Malformed("end")));
}

#[test]
fn mutated_certificates_are_read_or_refused_without_a_panic() {
    let names = [dns("a.example"), uri("spiffe://example/a")];
    let whole = certificate(
        &[DnValue::BmpString("ann".try_into().unwrap())],
        &names,
        (2050, 1, 1),
    );
    let mut random = Seeded(0x9e37_79b9_7f4a_7c15);
    let (mut read, mut refused) = (0, 0);
    for _ in 0..50_000 {
        let mut der = whole.clone();
        for _ in 0..=random.below(4) {
            let place = random.below(der.len());
            match random.below(4) {
                0 => der[place] ^= 1 << random.below(8),
                1 => der[place] = u8::try_from(random.below(256)).unwrap(),
                2 => der.truncate(place + 1),
                _ => der.insert(place, u8::try_from(random.below(256)).unwrap()),
            }
        }
        match Certificate::from_der(&der) {
            Ok(certificate) => {
                let names = certificate
                    .dns_names()
                    .iter()
                    .chain(certificate.uri_names());
                assert!(
                    names
                        .chain(&certificate.common_name)
                        .all(|it| !it.contains(char::is_control))
                );
                read += 1;
            }
            Err(_) => refused += 1,
        }
    }
    assert!(
        read > 1_000 && refused > 1_000,
        "{read} read, {refused} refused"
    );
}

#[test]
fn each_beginning_of_a_certificate_is_refused() {
    let whole = certificate(&[], &[dns("a.example")], (2030, 1, 1));
    for end in 0..whole.len() {
        assert!(Certificate::from_der(&whole[..end]).is_err(), "{end} bytes");
    }
}
