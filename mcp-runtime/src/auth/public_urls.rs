//! The URLs of the endpoint and of its metadata, as clients know them.
//!
//! A token's audience and a proof's URL must be compared with the URL that the client has used,
//! which only the operator knows: it is made of `public_url` and the path of the request, never of
//! the `Host` header alone, which the client chooses. `Host` selects among the public URLs.

use axum::http::Uri;

/// The path of the metadata of a protected resource (RFC 9728, section 3).
pub(crate) const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// The public URLs of a server.
#[derive(Debug, Default)]
pub(crate) struct PublicUrls {
    urls: Vec<Uri>,
    /// The path of the endpoint.
    path: &'static str,
    /// The URLs of the endpoint where no router is in front.
    plain: Vec<String>,
}

impl PublicUrls {
    /// The site of a server that has these public URLs, and its endpoint at `path`.
    pub(crate) fn new(urls: &[String], path: &'static str) -> Self {
        let mut public_urls = Self {
            urls: urls.iter().filter_map(|url| url.parse().ok()).collect(),
            path,
            plain: Vec::new(),
        };
        public_urls.plain = public_urls.at(path);
        public_urls
    }

    /// The URLs of the endpoint at its own path.
    pub(crate) fn plain(&self) -> &[String] {
        &self.plain
    }

    /// The URLs of the endpoint that is requested at `path`, in the order of the public URLs.
    pub(crate) fn at(&self, path: &str) -> Vec<String> {
        self.urls.iter().map(|url| resource(url, path)).collect()
    }

    /// The URL of the endpoint at `path`, under the public URL whose host is `host`, or under the first.
    pub(crate) fn resource(&self, host: Option<&str>, path: &str) -> Option<String> {
        let is_asked = |url: &&Uri| {
            let authority = url.authority().map(axum::http::uri::Authority::as_str);
            authority.zip(host).is_some_and(|(authority, host)| {
                authority.eq_ignore_ascii_case(host) || url.host().is_some_and(|it| it == host)
            })
        };
        let url = self.urls.iter().find(is_asked).or(self.urls.first())?;
        Some(resource(url, path))
    }

    /// The URL of the metadata of `resource`: in front of the path of the endpoint itself, so that a router in front
    /// which has a prefix for the endpoint has it for the metadata too.
    pub(crate) fn metadata(&self, resource: &str) -> Option<String> {
        let base = resource.strip_suffix(self.path)?;
        Some(format!("{base}{WELL_KNOWN}{}", self.path))
    }

    /// The path of the endpoint whose metadata is requested at `path`.
    pub(crate) fn described(&self, path: &str) -> Option<String> {
        let (base, rest) = path.split_once(WELL_KNOWN)?;
        (rest.is_empty() || rest == self.path).then(|| format!("{base}{}", self.path))
    }
}

/// Joins a public URL and the path of a request. A path of the URL is the prefix that a proxy in front removes, unless
/// the request still has it.
fn resource(url: &Uri, path: &str) -> String {
    let scheme = url.scheme_str().unwrap_or("https");
    let authority = url
        .authority()
        .map_or("", axum::http::uri::Authority::as_str);
    let base = url.path().trim_end_matches('/');
    let origin = format!("{scheme}://{authority}");
    let below = path
        .strip_prefix(base)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if below {
        format!("{origin}{path}")
    } else if base.ends_with(path) {
        format!("{origin}{base}")
    } else {
        format!("{origin}{base}{path}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public_urls(urls: &[&str]) -> PublicUrls {
        let urls: Vec<String> = urls.iter().map(ToString::to_string).collect();
        PublicUrls::new(&urls, "/mcp")
    }

    #[test]
    fn the_endpoint_is_at_the_public_url_and_its_path_once() {
        for (url, path, expected) in [
            ("https://a.example", "/mcp", "https://a.example/mcp"),
            ("https://a.example/", "/mcp", "https://a.example/mcp"),
            ("https://a.example/mcp", "/mcp", "https://a.example/mcp"),
            (
                "https://a.example/shop",
                "/mcp",
                "https://a.example/shop/mcp",
            ),
            (
                "https://a.example/shop",
                "/shop/mcp",
                "https://a.example/shop/mcp",
            ),
            (
                "https://a.example/shop/mcp",
                "/mcp",
                "https://a.example/shop/mcp",
            ),
            (
                "https://a.example:8443",
                "/b/mcp",
                "https://a.example:8443/b/mcp",
            ),
            ("https://a.example/mc", "/mcp", "https://a.example/mc/mcp"),
        ] {
            let found = public_urls(&[url]).resource(None, path);
            assert_eq!(found.as_deref(), Some(expected), "{url} {path}");
        }
    }

    #[test]
    fn the_public_url_is_that_of_the_host() {
        let public_urls = public_urls(&["https://a.example", "https://b.example:8443"]);
        let at = |host| public_urls.resource(Some(host), "/mcp").unwrap();
        assert_eq!(at("b.example:8443"), "https://b.example:8443/mcp");
        assert_eq!(at("a.example"), "https://a.example/mcp");
        assert_eq!(at("127.0.0.1:8080"), "https://a.example/mcp");
    }

    #[test]
    fn metadata_is_described_where_it_is_requested() {
        let public_urls = public_urls(&["https://a.example"]);
        assert_eq!(
            public_urls.metadata("https://a.example/mcp").as_deref(),
            Some("https://a.example/.well-known/oauth-protected-resource/mcp")
        );
        for (path, expected) in [
            ("/.well-known/oauth-protected-resource", Some("/mcp")),
            ("/.well-known/oauth-protected-resource/mcp", Some("/mcp")),
            (
                "/b/.well-known/oauth-protected-resource/mcp",
                Some("/b/mcp"),
            ),
            ("/.well-known/oauth-protected-resource/other", None),
        ] {
            assert_eq!(public_urls.described(path).as_deref(), expected, "{path}");
        }
    }
}
