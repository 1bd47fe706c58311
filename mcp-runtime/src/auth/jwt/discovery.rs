//! The metadata of an issuer (RFC 8414, OpenID Connect Discovery), for the place of its keys.
//!
//! The issuer in the document must equal the requested one exactly (RFC 8414, section 3.3), so that one tenant's
//! document cannot stand for another's. Keys are fetched over HTTPS only, except from this machine, as in tests.

use axum::http::Uri;
use axum::http::uri::Authority;
use serde::Deserialize;

use crate::client::Client;

/// The members of the metadata that are read.
#[derive(Debug, Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: String,
}

/// Finds the URL of the issuer's keys: at the places that the specification of the protocol lists, in its order.
pub(super) async fn discover(client: &Client, issuer: &str) -> Result<String, String> {
    let mut problem = String::new();
    for url in places(issuer)? {
        match client.get(&url).await {
            Err(cause) => problem = format!("{url} cannot be read: {cause}"),
            Ok(response) if response.status != 200 => {
                problem = format!("{url} returned {}", response.status.as_u16());
            }
            Ok(response) => return read(issuer, &url, &response.body),
        }
    }
    Err(problem)
}

fn read(issuer: &str, url: &str, body: &[u8]) -> Result<String, String> {
    let metadata: Metadata = serde_json::from_slice(body)
        .map_err(|error| format!("{url} is not the metadata of an issuer: {error}"))?;
    if metadata.issuer != issuer {
        let own = metadata.issuer.escape_debug().to_string();
        return Err(format!(
            "{url} is of the issuer `{own}`, and not of `{issuer}`; set the issuer letter for letter"
        ));
    }
    check(&metadata.jwks_uri)
        .map_err(|problem| format!("the URL of the keys in {url} {problem}"))?;
    Ok(metadata.jwks_uri)
}

/// Checks that a URL is HTTPS, or of this machine.
pub(super) fn check(url: &str) -> Result<Uri, String> {
    let Ok(uri) = url.parse::<Uri>() else {
        return Err("is not a URL".to_owned());
    };
    let (Some(scheme), Some(host)) = (uri.scheme_str(), uri.host()) else {
        return Err("has no scheme or no host; write https://..".to_owned());
    };
    if uri.authority().is_some_and(|it| it.as_str().contains('@')) {
        return Err("has a user or a password; remove them".to_owned());
    }
    let local = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    match scheme {
        "https" => Ok(uri),
        "http" if local => Ok(uri),
        _ => Err("is not https; plain http is for this machine alone".to_owned()),
    }
}

/// The places of the metadata: RFC 8414, then OpenID with the path inserted, then with it in front.
fn places(issuer: &str) -> Result<Vec<String>, String> {
    let uri = check(issuer).map_err(|problem| format!("the issuer {problem}"))?;
    let scheme = uri.scheme_str().unwrap_or("https");
    let authority = uri.authority().map_or("", Authority::as_str);
    let path = uri.path().trim_end_matches('/');
    let origin = format!("{scheme}://{authority}");
    let (oauth, openid) = (
        "/.well-known/oauth-authorization-server",
        "/.well-known/openid-configuration",
    );
    let mut places = vec![
        format!("{origin}{oauth}{path}"),
        format!("{origin}{openid}{path}"),
    ];
    if !path.is_empty() {
        places.push(format!("{origin}{path}{openid}"));
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_places_are_those_of_the_specification() {
        let plain = places("https://login.example.com/").unwrap();
        assert_eq!(
            plain,
            [
                "https://login.example.com/.well-known/oauth-authorization-server",
                "https://login.example.com/.well-known/openid-configuration",
            ]
        );
        let tenant = places("https://login.example.com/a").unwrap();
        assert_eq!(
            tenant,
            [
                "https://login.example.com/.well-known/oauth-authorization-server/a",
                "https://login.example.com/.well-known/openid-configuration/a",
                "https://login.example.com/a/.well-known/openid-configuration",
            ]
        );
    }

    #[test]
    fn plain_http_is_for_this_machine_alone() {
        for url in [
            "https://a.example",
            "http://127.0.0.1:1",
            "http://[::1]:1",
            "http://localhost",
        ] {
            assert!(check(url).is_ok(), "{url}");
        }
        for url in [
            "http://a.example",
            "ftp://a",
            "a",
            "",
            "https://u:p@a.example",
            "http://127.0.0.1.evil",
        ] {
            assert!(check(url).is_err(), "{url}");
        }
    }
}
