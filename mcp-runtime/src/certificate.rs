//! The fields of a certificate (X.509, RFC 5280) that identify its holder and its end, read from DER.
//!
//! Nothing here verifies a signature or a chain: rustls has done that before a certificate is read. Input may still be
//! anything; it is read once, without recursion, and borrows until a field is taken.
//!
//! A parser of its own, of about a hundred lines, rather than a crate for all of X.509: the five
//! fields that are needed stand at fixed places, and everything else is skipped by its length.
//! Lengths are checked against what is left before anything is taken; integers are not converted;
//! an unknown extension is passed over.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use crate::digest::sha256;

/// The certificate of a caller that proved to hold its key, or one of the server's own.
///
/// With [`Tls::client_ca`](crate::Tls::client_ca), the certificate of a caller is in the extensions of its requests, as
/// `Arc<Certificate>`. Its chain and its time have been verified against the authorities given there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    not_after: SystemTime,
    common_name: Option<String>,
    dns_names: Vec<String>,
    uri_names: Vec<String>,
    addresses: Vec<IpAddr>,
    is_self_signed: bool,
    thumbprint: [u8; 32],
}

/// The error for bytes that are not a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the certificate is malformed at its {0}")]
pub(crate) struct Malformed(&'static str);

impl Certificate {
    /// Reads a certificate in DER.
    pub(crate) fn from_der(der: &[u8]) -> Result<Self, Malformed> {
        let mut outer = Reader(der);
        let mut certificate = outer.sequence("outer structure")?;
        if !outer.is_empty() {
            return Err(Malformed("end"));
        }
        let mut tbs = certificate.sequence("content")?;
        tbs.skip_if(VERSION)?;
        tbs.expect(INTEGER, "serial number")?;
        tbs.sequence("signature algorithm")?;
        let issuer = tbs.sequence("issuer")?;
        let mut validity = tbs.sequence("validity")?;
        validity.next("start of validity")?;
        let (tag, end) = validity.next("end of validity")?;
        let subject = tbs.sequence("subject")?;
        let mut read = Self {
            not_after: time(tag, end).ok_or(Malformed("end of validity"))?,
            common_name: common_name(subject)?,
            dns_names: Vec::new(),
            uri_names: Vec::new(),
            addresses: Vec::new(),
            is_self_signed: issuer.0 == subject.0,
            thumbprint: sha256([der]),
        };
        tbs.sequence("public key")?;
        while !tbs.is_empty() {
            let (tag, value) = tbs.next("extensions")?;
            if tag == EXTENSIONS {
                read.extensions(Reader(value).sequence("extensions")?)?;
            }
        }
        Ok(read)
    }

    /// The end of its validity.
    ///
    /// Checked by the handshake only: requests on a connection that is already open are served after this time as
    /// well.
    pub fn not_after(&self) -> SystemTime {
        self.not_after
    }

    /// The common name of its subject, the last one if there are several.
    ///
    /// Certificates of services often have none, and are known by their alternative names.
    pub fn common_name(&self) -> Option<&str> {
        self.common_name.as_deref()
    }

    /// The DNS names among its subject's alternative names.
    pub fn dns_names(&self) -> &[String] {
        &self.dns_names
    }

    /// The URIs among its subject's alternative names, such as a SPIFFE id.
    ///
    /// A [SPIFFE](https://spiffe.io) id has the form `spiffe://trust-domain/path`.
    pub fn uri_names(&self) -> &[String] {
        &self.uri_names
    }

    /// The SHA-256 digest of the certificate, which tokens bound to it have as `x5t#S256` (RFC 8705, section 3.1).
    pub fn thumbprint(&self) -> [u8; 32] {
        self.thumbprint
    }

    /// Returns true if its issuer is its subject, so that only clients configured for it trust it.
    #[cfg(all(feature = "tls", feature = "cli"))]
    pub(crate) fn is_self_signed(&self) -> bool {
        self.is_self_signed
    }

    /// Returns true if it is for `host`, a DNS name or an IP address (RFC 9525, section 6).
    ///
    /// A `*` stands for one label, the first. The common name is ignored, as clients ignore it.
    #[cfg(all(feature = "tls", feature = "cli"))]
    pub(crate) fn is_for(&self, host: &str) -> bool {
        let address = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = address.parse() {
            return self.addresses.contains(&address);
        }
        let rest = host.split_once('.').map(|(_, rest)| rest);
        self.dns_names.iter().any(|name| {
            let within = name.strip_prefix("*.");
            name.eq_ignore_ascii_case(host)
                || within
                    .zip(rest)
                    .is_some_and(|(within, rest)| within.eq_ignore_ascii_case(rest))
        })
    }

    /// The names and addresses that it is for, as text.
    #[cfg(all(feature = "tls", feature = "cli"))]
    pub(crate) fn hosts(&self) -> String {
        let addresses = self.addresses.iter().map(IpAddr::to_string);
        let all: Vec<_> = self.dns_names.iter().cloned().chain(addresses).collect();
        if all.is_empty() {
            "nothing".to_owned()
        } else {
            all.join(", ")
        }
    }

    fn extensions(&mut self, mut extensions: Reader<'_>) -> Result<(), Malformed> {
        const WHERE: &str = "extensions";
        while !extensions.is_empty() {
            let mut extension = extensions.sequence(WHERE)?;
            let id = extension.expect(OBJECT_ID, WHERE)?;
            extension.skip_if(BOOLEAN)?;
            let value = extension.expect(OCTETS, WHERE)?;
            if id == SUBJECT_ALT_NAME {
                self.alternative_names(Reader(value).sequence(WHERE)?)?;
            }
        }
        Ok(())
    }

    fn alternative_names(&mut self, mut names: Reader<'_>) -> Result<(), Malformed> {
        const WHERE: &str = "alternative names";
        while !names.is_empty() {
            let (tag, value) = names.next(WHERE)?;
            let list = match tag {
                DNS_NAME => &mut self.dns_names,
                URI_NAME => &mut self.uri_names,
                IP_ADDRESS => {
                    self.addresses.push(address(value).ok_or(Malformed(WHERE))?);
                    continue;
                }
                _ => continue,
            };
            list.push(printable(IA5_STRING, value).ok_or(Malformed(WHERE))?);
        }
        Ok(())
    }
}

const BOOLEAN: u8 = 0x01;
const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OBJECT_ID: u8 = 0x06;
const UTF8_STRING: u8 = 0x0c;
const PRINTABLE_STRING: u8 = 0x13;
const T61_STRING: u8 = 0x14;
const IA5_STRING: u8 = 0x16;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const UNIVERSAL_STRING: u8 = 0x1c;
const BMP_STRING: u8 = 0x1e;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
/// `[0]`, the tag of a certificate's version.
const VERSION: u8 = 0xa0;
/// `[3]`, the tag of its extensions.
const EXTENSIONS: u8 = 0xa3;
/// `[2]`, `[6]` and `[7]` of a general name.
const DNS_NAME: u8 = 0x82;
const URI_NAME: u8 = 0x86;
const IP_ADDRESS: u8 = 0x87;
/// 2.5.4.3.
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
/// 2.5.29.17.
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];

/// The elements of DER that have not been read.
#[derive(Clone, Copy)]
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The tag and the content of the next element.
    fn next(&mut self, place: &'static str) -> Result<(u8, &'a [u8]), Malformed> {
        let element = self.split().ok_or(Malformed(place))?;
        self.0 = element.2;
        Ok((element.0, element.1))
    }

    /// The next element and the rest, where its length is definite and in its shortest form (X.690, section 10.1).
    fn split(&self) -> Option<(u8, &'a [u8], &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let is_long_tag = tag & 0x1f == 0x1f;
        let (length, rest) = match first {
            _ if is_long_tag => return None,
            0..=0x7f => (usize::from(first), rest),
            0x81..=0x83 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                let length = bytes
                    .iter()
                    .fold(0, |sum, &byte| sum << 8 | usize::from(byte));
                let is_shortest = bytes[0] != 0 && length > 0x7f;
                (is_shortest.then_some(length)?, rest)
            }
            _ => return None,
        };
        let (value, rest) = rest.split_at_checked(length)?;
        Some((tag, value, rest))
    }

    fn expect(&mut self, tag: u8, place: &'static str) -> Result<&'a [u8], Malformed> {
        match self.next(place)? {
            (found, value) if found == tag => Ok(value),
            _ => Err(Malformed(place)),
        }
    }

    fn sequence(&mut self, place: &'static str) -> Result<Self, Malformed> {
        self.expect(SEQUENCE, place).map(Reader)
    }

    /// Skips an optional element.
    fn skip_if(&mut self, tag: u8) -> Result<(), Malformed> {
        if self.0.first() == Some(&tag) {
            self.next("optional field")?;
        }
        Ok(())
    }
}

/// The last common name of a distinguished name, its most specific one.
fn common_name(mut names: Reader<'_>) -> Result<Option<String>, Malformed> {
    const WHERE: &str = "subject";
    let mut found = None;
    while !names.is_empty() {
        let mut parts = Reader(names.expect(SET, WHERE)?);
        while !parts.is_empty() {
            let mut part = parts.sequence(WHERE)?;
            let id = part.expect(OBJECT_ID, WHERE)?;
            let (tag, value) = part.next(WHERE)?;
            if id == COMMON_NAME {
                found = Some(printable(tag, value).ok_or(Malformed(WHERE))?);
            }
        }
    }
    Ok(found)
}

/// An address of 4 or 16 bytes.
fn address(bytes: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    four.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from))
        .ok()
}

/// Text without control characters: a name that is shown, compared and logged.
fn printable(tag: u8, value: &[u8]) -> Option<String> {
    let ascii = || value.is_ascii().then(|| value.to_vec());
    let text = match tag {
        UTF8_STRING => String::from_utf8(value.to_vec()).ok(),
        PRINTABLE_STRING | IA5_STRING | T61_STRING => String::from_utf8(ascii()?).ok(),
        BMP_STRING => {
            let (pairs, rest) = value.as_chunks::<2>();
            let units = pairs.iter().map(|pair| u16::from_be_bytes(*pair));
            let text: Result<String, _> = char::decode_utf16(units).collect();
            text.ok().filter(|_| rest.is_empty())
        }
        UNIVERSAL_STRING => {
            let (units, rest) = value.as_chunks::<4>();
            let text = units
                .iter()
                .map(|it| char::from_u32(u32::from_be_bytes(*it)));
            text.collect::<Option<String>>().filter(|_| rest.is_empty())
        }
        _ => None,
    }?;
    (!text.is_empty() && !text.contains(char::is_control)).then_some(text)
}

/// A time of RFC 5280, section 4.1.2.5: in seconds, in UTC, before 1970 as 1970.
fn time(tag: u8, value: &[u8]) -> Option<SystemTime> {
    let digits = value.strip_suffix(b"Z")?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let (year, rest) = match (tag, digits.len()) {
        (UTC_TIME, 12) => {
            let year = number(&digits[..2]);
            (year + if year < 50 { 2000 } else { 1900 }, &digits[2..])
        }
        (GENERALIZED_TIME, 14) => (number(&digits[..4]), &digits[4..]),
        _ => return None,
    };
    let (pairs, _) = rest.as_chunks::<2>();
    let [month, day, hour, minute, second] =
        <[u64; 5]>::try_from(pairs.iter().map(|it| number(it)).collect::<Vec<_>>()).ok()?;
    let is_date = (1..=12).contains(&month) && (1..=31).contains(&day);
    if !is_date || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let seconds =
        days(year, month, day).saturating_mul(86_400) + hour * 3600 + minute * 60 + second;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

fn number(digits: &[u8]) -> u64 {
    digits
        .iter()
        .fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'))
}

/// The number of days from 1970-01-01 to a date of the Gregorian calendar, zero for an earlier one. Years are counted
/// from March, so that a leap day is the last day of a year.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year.saturating_sub(1), month + 9)
    };
    let before = year * 365 + year / 4 - year / 100 + year / 400;
    (before + (month * 153 + 2) / 5 + day - 1).saturating_sub(719_468)
}

#[cfg(test)]
mod tests;
