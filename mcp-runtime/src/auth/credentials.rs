//! The credentials of one request, read from its head: exactly one, of a header.
//!
//! With two credentials, a proxy and this server could each choose another one. A token in the URL is refused, since
//! URLs end up in logs, and OAuth 2.1 has no such form. Headers must be visible ASCII.

use std::fmt;

use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, header};
use percent_encoding::percent_decode_str;

use super::Refusal;

/// The names of query parameters that some clients put credentials in.
const IN_QUERY: [&str; 4] = ["access_token", "api_key", "apikey", "x-api-key"];

/// The credentials of one request.
///
/// Given to [`Authenticate::authenticate`](super::Authenticate::authenticate). It borrows from the
/// request; its `Debug` shows no value.
pub struct Credentials<'a> {
    parts: &'a Parts,
    authorization: Option<(&'a str, &'a str)>,
    presented: bool,
    resources: &'a [String],
}

impl<'a> Credentials<'a> {
    /// Reads the credentials of a request from the `headers` that can hold them.
    pub(crate) fn read(
        parts: &'a Parts,
        headers: &[HeaderName],
        resources: &'a [String],
    ) -> Result<Self, Refusal> {
        if let Some(name) = in_query(parts.uri.query().unwrap_or_default()) {
            return Err(Refusal::invalid_request(format!(
                "credentials in a URL end up in logs; remove `{name}` from the query, and send `Authorization: Bearer`"
            )));
        }
        let standard = parts.headers.get_all(header::AUTHORIZATION).iter();
        let others = headers.iter().filter(|it| *it != header::AUTHORIZATION);
        let others = others.flat_map(|name| parts.headers.get_all(name));
        let mut number = 0;
        for value in standard.chain(others) {
            visible(value)?;
            number += 1;
        }
        if number > 1 {
            return Err(Refusal::invalid_request(
                "the request has more than one credential; send one header with one of them",
            ));
        }
        let authorization = match parts.headers.get(header::AUTHORIZATION) {
            Some(value) => Some(split(visible(value)?)?),
            None => None,
        };
        Ok(Self {
            parts,
            authorization,
            presented: number > 0,
            resources,
        })
    }

    /// The token of `Authorization: Bearer <token>` (RFC 6750).
    pub fn bearer(&self) -> Option<&'a str> {
        self.token("bearer")
    }

    /// The rest of `Authorization` after `scheme`, whose case does not matter (RFC 9110, section 11.1).
    pub fn token(&self, scheme: &str) -> Option<&'a str> {
        let (own, token) = self.authorization?;
        own.eq_ignore_ascii_case(scheme).then_some(token)
    }

    /// The value of the header `name`, if it is present and visible ASCII.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.parts.headers.get(name)?.to_str().ok()
    }

    /// The value of a header that a request has at most once.
    #[cfg(feature = "auth")]
    pub(super) fn single(&self, name: &str) -> Result<Option<&'a str>, Refusal> {
        let mut values = self.parts.headers.get_all(name).iter();
        let first = values.next().map(visible).transpose()?;
        if values.next().is_some() {
            return Err(Refusal::invalid_request(format!(
                "the request has more than one header `{name}`; send one"
            )));
        }
        Ok(first)
    }

    /// The extension of type `T` of the request, such as one that a layer in front has inserted.
    pub fn extension<T: Send + Sync + 'static>(&self) -> Option<&'a T> {
        self.parts.extensions.get()
    }

    /// The method of the request.
    pub fn method(&self) -> &'a Method {
        &self.parts.method
    }

    /// The URLs of the endpoint, first that by which the request came; none without
    /// [`Server::public_url`](crate::Server::public_url).
    pub fn resources(&self) -> &'a [String] {
        self.resources
    }

    /// Returns `true` if a header of the request holds a credential.
    pub fn is_presented(&self) -> bool {
        self.presented
    }
}

/// Shows no credential.
impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("scheme", &self.authorization.map(|(scheme, _)| scheme))
            .field("presented", &self.presented)
            .finish_non_exhaustive()
    }
}

/// Returns the name of a query parameter that holds a credential.
fn in_query(query: &str) -> Option<&'static str> {
    let names = query.split('&').map(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        percent_decode_str(name).decode_utf8_lossy()
    });
    names.into_iter().find_map(|name| {
        IN_QUERY
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(name.trim()))
    })
}

fn visible(value: &HeaderValue) -> Result<&str, Refusal> {
    let text = value.to_str().unwrap_or_default();
    let is_visible = |text: &str| text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if text.is_empty() || !is_visible(text) {
        return Err(Refusal::invalid_request(
            "a header with a credential is empty, or is not ASCII text",
        ));
    }
    Ok(text)
}

/// Splits `Bearer abc` into its scheme and its token.
fn split(value: &str) -> Result<(&str, &str), Refusal> {
    let malformed = || {
        Refusal::invalid_request(
            "`Authorization` must be a scheme and one token: `Authorization: Bearer <token>`",
        )
    };
    let (scheme, token) = value.split_once(' ').ok_or_else(malformed)?;
    let token = token.trim_matches(' ');
    let is_token = !token.is_empty() && !token.contains(' ');
    let one_token = ["bearer", "dpop"]
        .iter()
        .any(|it| it.eq_ignore_ascii_case(scheme));
    if scheme.is_empty() || token.is_empty() || (one_token && !is_token) {
        return Err(malformed());
    }
    Ok((scheme, token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_in_the_query_is_found_under_any_spelling() {
        for query in [
            "access_token=x",
            "a=1&access_token=x",
            "access%5Ftoken=x",
            "ACCESS_TOKEN",
            "api_key=x",
        ] {
            assert!(in_query(query).is_some(), "{query}");
        }
        for query in ["", "a=access_token", "token_access=1"] {
            assert!(in_query(query).is_none(), "{query}");
        }
    }

    #[test]
    fn a_scheme_has_one_token() {
        assert_eq!(split("bearer  abc ").ok(), Some(("bearer", "abc")));
        assert_eq!(split("Digest a=1, b=2").ok(), Some(("Digest", "a=1, b=2")));
        for value in ["Bearer", "Bearer ", "Bearer a b", " abc", "abc"] {
            assert!(split(value).is_err(), "{value:?}");
        }
    }
}
