//! `server.json`, the entry of a server in the official registry.
//!
//! The format is that of <https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json>.

use serde_json::{Value, json};

use super::Subject;
use crate::excerpt::excerpt;

/// The schema that the document conforms to.
const SCHEMA: &str = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json";
/// The maximum length of a description.
const LONGEST: usize = 100;

/// The distributions of the server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Offers {
    /// The URL of a bundle, with its SHA-256 in hexadecimal digits.
    pub bundle: Option<(String, String)>,
    /// The URLs at which it runs.
    pub remotes: Vec<String>,
}

/// Describes the server under `name`, such as `io.github.ann/calculator`; an error says which part the registry refuses.
pub(crate) fn describe(subject: &Subject, name: &str, offers: &Offers) -> Result<Value, String> {
    check(name)?;
    check_version(&subject.version)?;
    let bundle = offers.bundle.iter().map(|(url, _)| url);
    bundle
        .chain(&offers.remotes)
        .try_for_each(|url| check_url(url))?;
    if offers.bundle.is_none() && offers.remotes.is_empty() {
        return Err(
            "a listing says where the server is to be had: give --url, or --bundle FILE with --bundle-url".to_owned(),
        );
    }
    let mut listing = json!({
        "$schema": SCHEMA,
        "name": name,
        "description": cut(&subject.description),
        "version": subject.version,
    });
    let title = subject.title.as_deref().map(cut);
    if let Some(title) = title.filter(|it| !it.is_empty()) {
        listing["title"] = title.into();
    }
    if let Some(website) = &subject.website {
        listing["websiteUrl"] = website.as_str().into();
    }
    if let Some((url, digest)) = &offers.bundle {
        listing["packages"] = json!([{
            "registryType": "mcpb",
            "identifier": url,
            "version": subject.version,
            "fileSha256": digest,
            "transport": { "type": "stdio" },
        }]);
    }
    if !offers.remotes.is_empty() {
        let remotes = offers.remotes.iter();
        let remotes = remotes.map(|url| json!({ "type": "streamable-http", "url": url }));
        listing["remotes"] = remotes.collect();
    }
    Ok(listing)
}

/// Checks the form `^[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+$`, with at most 200 characters.
fn check(name: &str) -> Result<(), String> {
    let is_domain = |it: char| it.is_ascii_alphanumeric() || it == '.' || it == '-';
    let is_name = |it: char| is_domain(it) || it == '_';
    let parts = name.split_once('/').filter(|(domain, name)| {
        !domain.is_empty()
            && !name.is_empty()
            && domain.chars().all(is_domain)
            && name.chars().all(is_name)
    });
    if parts.is_some() && name.len() <= 200 {
        return Ok(());
    }
    Err(format!(
        "the registry does not take the name {name:?}; write a domain of yours backwards, a slash and a name, such as \
         io.github.ann/calculator"
    ))
}

/// Checks that a version is one, of at most 255 characters: the registry refuses `latest` and ranges.
fn check_version(version: &str) -> Result<(), String> {
    let is_range = version.contains(['^', '~', '<', '>', '=', '*', '|', ' ']);
    if version.is_empty() || version == "latest" || is_range || version.chars().count() > 255 {
        return Err(format!(
            "the registry does not take the version {:?}; give `Server::new` one such as \"1.0.2\"",
            excerpt(version)
        ));
    }
    Ok(())
}

/// Checks the form `^https?://[^\s]+$`.
fn check_url(url: &str) -> Result<(), String> {
    let rest = url.strip_prefix("https://").or(url.strip_prefix("http://"));
    match rest {
        Some(rest) if !rest.is_empty() && !rest.contains(char::is_whitespace) => Ok(()),
        _ => Err(format!(
            "the registry does not take {:?}; write a URL such as https://example.com/mcp",
            excerpt(url)
        )),
    }
}

/// The first line of a text, cut where the registry would refuse it.
fn cut(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= LONGEST {
        return line.to_owned();
    }
    let kept: String = line.chars().take(LONGEST - 1).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject() -> Subject {
        Subject {
            name: "calculator".to_owned(),
            title: None,
            version: "1.0.0".to_owned(),
            description: format!("Adds. {}", "x".repeat(200)),
            website: None,
            tools: Vec::new(),
        }
    }

    #[test]
    fn a_listing_names_its_bundle_and_its_urls() {
        let offers = Offers {
            bundle: Some(("https://x.com/a.mcpb".to_owned(), "0".repeat(64))),
            remotes: vec!["https://x.com/mcp".to_owned()],
        };
        let listing = describe(&subject(), "io.github.ann/calculator", &offers).unwrap();
        assert_eq!(listing["packages"][0]["registryType"], "mcpb");
        assert_eq!(listing["remotes"][0]["url"], "https://x.com/mcp");
        assert_eq!(
            listing["description"].as_str().unwrap().chars().count(),
            LONGEST
        );
    }

    #[test]
    fn a_name_that_the_registry_refuses_is_explained() {
        let offers = Offers {
            remotes: vec!["https://x.com/mcp".to_owned()],
            ..Offers::default()
        };
        for name in [
            "calculator",
            "a/b/c",
            "/b",
            "a/",
            "a b/c",
            "io.github.ann/c+",
        ] {
            let error = describe(&subject(), name, &offers).unwrap_err();
            assert!(error.contains("backwards"), "{name}: {error}");
        }
        let error = describe(&subject(), "a/b", &Offers::default()).unwrap_err();
        assert!(error.contains("--url"), "{error}");
    }

    #[test]
    fn urls_and_versions_that_the_registry_refuses_are_explained() {
        let name = "io.github.ann/calculator";
        let at = |url: &str| Offers {
            remotes: vec![url.to_owned()],
            ..Offers::default()
        };
        for url in [
            "example.com/mcp",
            "https://",
            "ftp://x.com",
            "https://x.com/m cp",
        ] {
            let error = describe(&subject(), name, &at(url)).unwrap_err();
            assert!(error.contains("write a URL"), "{url}: {error}");
            let bundle = Some((url.to_owned(), "0".repeat(64)));
            let bundled = Offers {
                bundle,
                ..Offers::default()
            };
            assert!(describe(&subject(), name, &bundled).is_err(), "{url}");
        }
        for version in [
            "",
            "latest",
            "^1.2",
            "1.*",
            ">=1",
            "1 - 2",
            &"1".repeat(256),
        ] {
            let subject = Subject {
                version: version.to_owned(),
                ..subject()
            };
            let error = describe(&subject, name, &at("https://x.com/mcp")).unwrap_err();
            assert!(error.contains("version"), "{version}: {error}");
        }
    }

    #[test]
    fn a_title_without_text_is_left_out() {
        let subject = Subject {
            title: Some(String::new()),
            ..subject()
        };
        let offers = Offers {
            remotes: vec!["https://x.com/mcp".to_owned()],
            ..Offers::default()
        };
        let listing = describe(&subject, "io.github.ann/calculator", &offers).unwrap();
        assert!(listing.get("title").is_none());
    }
}
