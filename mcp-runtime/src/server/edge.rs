//! Settings of the network that prevent a start.

use axum::http::Uri;
use axum::http::uri::Authority;

use crate::error::Error;
use crate::service::Settings;

/// Lists the names, origins and limits that cannot be met.
pub(super) fn faults(settings: &Settings) -> Vec<Error> {
    let names = settings.allowed_hosts.iter().filter(|name| !is_name(name));
    let names = names.map(|name| {
        let advice = "write a host name without scheme and port, such as shop.internal";
        Error::setting("allowed_hosts", name, advice)
    });
    let origins = settings.cors_origins.iter().filter(|it| !is_origin(it));
    let origins = origins.map(|origin| {
        let advice = "write an origin such as https://app.example.com, without a path";
        Error::setting("cors_origins", origin, advice)
    });
    let limits = settings
        .limits
        .faults()
        .map(|(name, value, advice)| Error::setting(name, &value, &advice));
    let contact = settings.security_contact.iter();
    let contact = contact.filter(|it| !is_contact(it)).map(|contact| {
        let advice = "write an email address, or a URI such as https://example.com/security";
        Error::setting("security_contact", contact, advice)
    });
    let all = names.chain(origins).chain(limits);
    all.chain(contact).collect()
}

/// The URI of a contact; an email address becomes one.
pub(super) fn contact(text: String) -> String {
    if text.contains('@') && !text.contains(':') {
        return format!("mailto:{text}");
    }
    text
}

fn is_contact(uri: &str) -> bool {
    let known = ["https://", "mailto:", "tel:"];
    let rest = known.iter().find_map(|scheme| uri.strip_prefix(scheme));
    rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_graphic()))
}

fn is_name(name: &str) -> bool {
    name.parse::<Authority>()
        .is_ok_and(|authority| authority.host() == name)
}

fn is_origin(origin: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else {
        return false;
    };
    let named = origin
        .parse::<Uri>()
        .is_ok_and(|uri| uri.authority().map(Authority::as_str) == Some(authority));
    matches!(scheme, "http" | "https") && named && !authority.contains(['@', '*'])
}
