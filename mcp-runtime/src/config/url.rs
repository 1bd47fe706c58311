//! Public URLs: absolute, with scheme, host and port.
//!
//! The `Host` and `Origin` that a browser sends are compared with these URLs, so each must have one host: wildcards
//! would allow unlisted hosts. User and password are refused without repeating them.

use axum::http::Uri;

use super::problem::{HIDDEN, Problem};

/// Returns true if `url` is an absolute one of http or https.
#[cfg(any(feature = "otel", all(feature = "page", feature = "cli")))]
pub(crate) fn is_web(url: &str) -> bool {
    let uri = url.parse::<Uri>().ok();
    uri.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.authority().is_some()
    })
}

/// Checks one public URL.
pub(crate) fn check(url: &str) -> Result<(), Problem> {
    let refused = |shown: &str, problem: &str| {
        let help = "write an absolute URL such as https://mcp.example.com";
        Err(Problem::new(shown, problem, help))
    };
    let (address, rest) = url
        .split_once(['?', '#'])
        .map_or((url, false), |(address, _)| (address, true));
    if address.contains('@') {
        return refused(HIDDEN, "user and password are not allowed");
    }
    if rest {
        return refused(url, "query and fragment are not allowed");
    }
    let Ok(uri) = address.parse::<Uri>() else {
        return refused(url, "it is not a URL");
    };
    let (Some("http" | "https"), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return refused(url, "it has no scheme `https` or `http`, or no host");
    };
    let host = authority.host();
    if host.contains('*') {
        return refused(url, "wildcards are not allowed; set each URL");
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let is_address = host.starts_with('[') && host.ends_with(']');
    if host.is_empty() || !(is_address || host.chars().all(is_name)) {
        return refused(url, "the host is not a name; set each URL separately");
    }
    let port = &authority.as_str()[host.len()..];
    if !port.is_empty() && authority.port_u16().is_none() {
        return refused(url, "the port is not a number up to 65535");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_absolute_and_names_one_host() {
        for url in [
            "https://mcp.example.com",
            "https://mcp.example.com/mcp",
            "http://world:8080",
            "http://10.0.0.7",
            "https://[2001:db8::1]:8443",
            "https://my_host.example.com/",
        ] {
            assert!(check(url).is_ok(), "{url}");
        }
        for (url, says) in [
            ("", "not a URL"),
            ("/mcp", "no scheme"),
            ("mcp.example.com", "no scheme"),
            ("ftp://mcp.example.com", "no scheme"),
            ("https://", "not a URL"),
            ("https://a b", "not a URL"),
            ("https://*.example.com", "wildcards"),
            (
                "https://mcp.example.com,http://world:8080",
                "set each URL separately",
            ),
            ("https://mcp.example.com, http://world:8080", "not a URL"),
            ("https://mcp.example.com?x=y", "query and fragment"),
            ("https://mcp.example.com/mcp#z", "query and fragment"),
            ("https://mcp.example.com:99999", "the port"),
            ("https://mcp.example.com:", "the port"),
        ] {
            let problem = check(url).unwrap_err();
            assert!(
                problem.what.contains(says) && problem.value == url,
                "{problem:?}"
            );
        }
        let problem = check("https://ann:secret@x.com").unwrap_err();
        let text = format!("{problem:?}");
        assert!(
            text.contains("user and password") && !text.contains("secret"),
            "{text}"
        );
    }
}
