//! The formats of strings: email addresses and URLs.

use std::net::IpAddr;

use iri_string::types::IriStr;

/// The maximum number of characters of the part before `@` (RFC 5321, section 4.5.3.1.1).
const USER: usize = 64;
/// The maximum number of characters of a domain.
const DOMAIN: usize = 255;
/// The maximum number of characters between two dots of a domain.
const LABEL: usize = 63;
/// The schemes of URLs that name a host.
const WITH_HOST: [&str; 5] = ["http", "https", "ws", "wss", "ftp"];

/// Returns true for an email address, as the HTML standard defines it, also with an internationalized domain.
pub(super) fn is_email(text: &str) -> bool {
    let Some((user, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let is_user = |c: char| c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c);
    (1..=USER).contains(&user.len()) && user.chars().all(is_user) && is_domain(domain)
}

/// Returns true for the name of a host, or its address in brackets.
fn is_domain(domain: &str) -> bool {
    let address = domain.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    if let Some(address) = address {
        return address.parse::<IpAddr>().is_ok();
    }
    let is_label = |label: &str| {
        (1..=LABEL).contains(&label.chars().count())
            && label.chars().all(|c| c == '-' || c.is_alphanumeric())
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    domain.chars().count() <= DOMAIN && domain.split('.').all(is_label)
}

/// Returns true for an absolute URL (RFC 3986), also with letters beyond ASCII (RFC 3987).
pub(super) fn is_url(text: &str) -> bool {
    let Ok(url) = IriStr::new(text) else {
        return false;
    };
    let authority = url.authority_components();
    let port = authority.and_then(|it| it.port()).unwrap_or_default();
    let scheme = url.scheme_str();
    let needs_host = WITH_HOST.iter().any(|it| it.eq_ignore_ascii_case(scheme));
    (port.is_empty() || port.parse::<u16>().is_ok())
        && (!needs_host || authority.is_some_and(|it| !it.host().is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMAILS: [&str; 4] = [
        "a@b.example",
        "a.b+c@localhost",
        "ann@b\u{fc}cher.example",
        "a@[127.0.0.1]",
    ];
    const NO_EMAILS: [&str; 10] = [
        "", "a", "@b", "a@", "a b@c", "a@-b", "a@b..c", "a@b_c", "a@[b]", "\u{e9}@b",
    ];
    const URLS: [&str; 5] = [
        "https://a.example/b?c#d",
        "http://[::1]:8080",
        "https://b\u{fc}cher.example/",
        "mailto:a@b.example",
        "urn:a:b",
    ];
    const NO_URLS: [&str; 8] = [
        "",
        "a",
        "/a/b",
        "//a.example",
        "http://",
        "http://a b",
        "http://a:99999",
        "http://[::1",
    ];

    #[test]
    fn email_addresses_are_distinguished_from_other_texts() {
        for text in EMAILS {
            assert!(is_email(text), "{text}");
        }
        let long = format!("{}@b.example", "a".repeat(65));
        for text in NO_EMAILS.into_iter().chain([&*long]) {
            assert!(!is_email(text), "{text}");
        }
    }

    #[test]
    fn absolute_urls_are_distinguished_from_other_texts() {
        for text in URLS {
            assert!(is_url(text), "{text}");
        }
        for text in NO_URLS {
            assert!(!is_url(text), "{text}");
        }
    }

    #[cfg(feature = "validator")]
    #[test]
    fn an_argument_and_a_field_of_a_type_take_the_same() {
        for text in EMAILS.iter().chain(&NO_EMAILS) {
            let field = validator::ValidateEmail::validate_email(text);
            assert_eq!(is_email(text), field, "{text}");
        }
        for text in URLS.iter().chain(&NO_URLS) {
            let field = validator::ValidateUrl::validate_url(text);
            assert_eq!(is_url(text), field, "{text}");
        }
    }
}
