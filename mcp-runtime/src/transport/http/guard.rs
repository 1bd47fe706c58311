//! Host and Origin: the names of this server, and the pages that may call it.
//!
//! A page that rebinds its own name to this address sends that name as `Host`; so a name must be known, while an IP
//! address cannot be rebound. Only browsers send `Origin`: it may be absent; if present it must be this server,
//! loopback, or an origin in a setting.
//!
//! Allowed hosts: loopback, any IP address, those of `public_url`, those of `allowed_hosts`. Allowed origins:
//! loopback, the server's own origin (by address, or one of `public_url` with scheme and port), those of
//! `cors_origins`. `Origin: null`, which sandboxed pages and files send, is not allowed. A refusal is 403, and names
//! the setting to change.

use axum::http::HeaderValue;
use axum::http::uri::{Authority, Uri};

use super::head::Head;
use crate::config::Settings;
use crate::excerpt::excerpt;
use crate::protocol::RpcError;

/// The names that are allowed.
#[derive(Debug)]
pub(crate) struct Guard {
    public: Vec<Uri>,
    hosts: Vec<String>,
    origins: Vec<String>,
}

impl Guard {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            public: settings
                .public_urls
                .iter()
                .filter_map(|url| url.parse().ok())
                .collect(),
            hosts: settings.allowed_hosts.clone(),
            origins: settings.cors_origins.clone(),
        }
    }

    /// Checks a request's `Host` (or `:authority`) and `Origin`; returns the latter.
    pub(super) fn check<'r>(
        &self,
        uri: &'r Uri,
        head: Head<'r>,
    ) -> Result<Option<&'r HeaderValue>, RpcError> {
        let host = host(uri, head)?;
        if let Some(host) = host
            && !self.allows_host(name_of(host))
        {
            return Err(foreign_host(host));
        }
        let Some(sent) = head.origin.value() else {
            return Ok(None);
        };
        let origin = sent.to_str().unwrap_or_default();
        if self.allows_origin(origin, host) {
            return Ok(Some(sent));
        }
        Err(foreign_origin(origin))
    }

    fn allows_host(&self, name: &str) -> bool {
        let is_named = || {
            self.hosts
                .iter()
                .any(|host| host.eq_ignore_ascii_case(name))
        };
        is_loopback(name) || is_address(name) || self.is_public(name) || is_named()
    }

    fn allows_origin(&self, origin: &str, host: Option<&str>) -> bool {
        if self
            .origins
            .iter()
            .any(|known| known.eq_ignore_ascii_case(origin))
        {
            return true;
        }
        let Ok(origin) = origin.parse::<Uri>() else {
            return false;
        };
        let (Some("http" | "https"), Some(authority)) = (origin.scheme_str(), origin.authority())
        else {
            return false;
        };
        let name = authority.host();
        let same = host
            .is_some_and(|host| is_address(name) && host.eq_ignore_ascii_case(authority.as_str()));
        is_loopback(name) || same || self.is_public_origin(&origin)
    }

    fn is_public(&self, name: &str) -> bool {
        let mut hosts = self.public.iter().filter_map(Uri::host);
        hosts.any(|public| public.eq_ignore_ascii_case(name))
    }

    fn is_public_origin(&self, origin: &Uri) -> bool {
        self.public.iter().any(|public| {
            public.scheme() == origin.scheme()
                && port(public) == port(origin)
                && public
                    .host()
                    .zip(origin.host())
                    .is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
        })
    }
}

/// The port of a URL, which browsers omit if it is that of the scheme.
fn port(url: &Uri) -> Option<u16> {
    let usual = match url.scheme_str() {
        Some("https") => Some(443),
        Some("http") => Some(80),
        _ => None,
    };
    url.port_u16().or(usual)
}

/// Name and port, as the client wrote them; a host that is not text becomes an empty one, which no server has.
///
/// A request with two hosts is ambiguous: an intermediary may have read the other one (RFC 9112, 3.2; RFC 9113, 8.3.1).
fn host<'r>(uri: &'r Uri, head: Head<'r>) -> Result<Option<&'r str>, RpcError> {
    let authority = uri.authority().map(Authority::as_str);
    let Some(host) = head.host.value() else {
        return Ok(authority);
    };
    let host = host.to_str().unwrap_or_default();
    if head.host.is_repeated() {
        return Err(RpcError::invalid_request(
            "the request has two `Host` headers; send one",
        ));
    }
    if authority.is_some_and(|authority| !authority.eq_ignore_ascii_case(host)) {
        return Err(RpcError::invalid_request(
            "the request's target and its `Host` header name different hosts; send one and the same",
        ));
    }
    Ok(Some(host))
}

/// Returns the error for a request of HTTP/1.1 without a host (RFC 9112, 3.2).
pub(super) fn no_host() -> RpcError {
    RpcError::invalid_request("the request has no `Host` header; HTTP/1.1 needs one")
}

/// The name without the port; an IPv6 address stays in its brackets.
fn name_of(host: &str) -> &str {
    let colon = memchr::memrchr(b':', host.as_bytes());
    match colon.and_then(|colon| Some((host.get(..colon)?, host.get(colon + 1..)?))) {
        Some((name, port))
            if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.ends_with(':') =>
        {
            name
        }
        _ => host,
    }
}

fn is_loopback(name: &str) -> bool {
    name.eq_ignore_ascii_case("localhost") || matches!(name, "127.0.0.1" | "[::1]")
}

fn is_address(name: &str) -> bool {
    name.trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<std::net::IpAddr>()
        .is_ok()
}

fn foreign_host(host: &str) -> RpcError {
    RpcError::invalid_request(format!(
        "host `{}` is not allowed here; if clients reach this server under that name, set `public_url` \
         (MCP_PUBLIC_URL) to its URL or add the name to `allowed_hosts`; if a proxy made it up, let the proxy pass the \
         client's `Host` on (nginx: `proxy_set_header Host $http_host`)",
        excerpt(host)
    ))
    .with_status(403)
}

fn foreign_origin(origin: &str) -> RpcError {
    let is_web = origin.starts_with("http://") || origin.starts_with("https://");
    let advice = if is_web {
        "to let its pages call this server, add it to `cors_origins`"
    } else {
        "pages without an origin of their own cannot call this server; serve the page over http or https"
    };
    RpcError::invalid_request(format!(
        "origin `{}` is not allowed here; {advice}",
        excerpt(origin)
    ))
    .with_status(403)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderMap, header};

    fn check(public: &[&str], host: &'static str, origin: Option<&'static str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static(host));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        }
        let settings = Settings {
            public_urls: public.iter().map(ToString::to_string).collect(),
            ..Settings::default()
        };
        Guard::new(&settings)
            .check(&Uri::from_static("/mcp"), Head::read(&headers))
            .is_ok()
    }

    #[test]
    fn loopback_and_addresses_are_answered_and_foreign_names_are_not() {
        assert!(check(&[], "localhost:8080", None));
        assert!(check(&[], "127.0.0.1:8080", Some("http://127.0.0.1:8080")));
        assert!(check(&[], "[::1]:8080", Some("http://localhost:5173")));
        assert!(check(&[], "10.0.0.7:8080", Some("http://10.0.0.7:8080")));
        assert!(!check(&[], "evil.example.com", None));
        assert!(!check(
            &[],
            "localhost:8080",
            Some("http://evil.example.com")
        ));
        assert!(!check(&[], "localhost:8080", Some("null")));
        assert!(!check(&[], "localhost.evil.example.com", None));
        assert!(!check(&[], "10.0.0.7:8080", Some("http://10.0.0.8:8080")));
        assert!(!check(&[], "10.0.0.7:8080", Some("http://10.0.0.7:9999")));
    }

    #[test]
    fn the_public_url_is_allowed() {
        let public = &["https://mcp.example.com", "http://world:8080/mcp"];
        assert!(check(public, "world:8080", Some("http://world:8080")));
        assert!(!check(public, "world:8080", Some("https://world:8080")));
        assert!(!check(public, "world:8080", Some("http://world")));
        let written = &["https://mcp.example.com:443"];
        assert!(check(
            written,
            "mcp.example.com",
            Some("https://mcp.example.com")
        ));
        assert!(check(
            public,
            "mcp.example.com",
            Some("https://mcp.example.com")
        ));
        assert!(!check(
            public,
            "mcp.example.com",
            Some("http://mcp.example.com")
        ));
        assert!(!check(public, "other.example.com", None));
    }
}
