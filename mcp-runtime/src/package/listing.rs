//! `server.json`, the entry of a server in the official registry.
//!
//! The format is that of <https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json>. The registry
//! checks more than its schema says (`internal/validators` in <https://github.com/modelcontextprotocol/registry>), such
//! as names, and the schemes of URLs: these checks are made here too.

use iri_string::types::UriStr;
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
    check_name(name)?;
    check_version(&subject.version)?;
    offers
        .remotes
        .iter()
        .try_for_each(|url| check_remote(url))?;
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
        check_url(website)?;
        listing["websiteUrl"] = website.as_str().into();
    }
    if let Some((url, digest)) = &offers.bundle {
        check_bundle(url)?;
        // Without a version: the registry takes that of a bundle from its URL, and refuses a second one.
        listing["packages"] = json!([{
            "registryType": "mcpb",
            "identifier": url,
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

/// Checks the form `namespace/name`, with at most 200 characters: each part consists of ASCII letters, digits, dots and
/// hyphens, the name of underscores too, and begins and ends with a letter or a digit.
fn check_name(name: &str) -> Result<(), String> {
    let is_end = |it: Option<char>| it.is_some_and(|it| it.is_ascii_alphanumeric());
    let is_part = |part: &str, others: &str| {
        part.len() >= 2
            && is_end(part.chars().next())
            && is_end(part.chars().next_back())
            && part
                .chars()
                .all(|it| it.is_ascii_alphanumeric() || others.contains(it))
    };
    let parts = name.split_once('/');
    if name.len() <= 200
        && parts.is_some_and(|(space, name)| is_part(space, ".-") && is_part(name, "._-"))
    {
        return Ok(());
    }
    Err(format!(
        "the registry does not take the name {:?}; write a domain of yours backwards, a slash and a name, such as \
         io.github.ann/calculator",
        excerpt(name)
    ))
}

/// Checks that a version is one, of at most 255 characters: the registry refuses `latest` and ranges such as `^1.2`,
/// `1.x` and `1 - 2`.
fn check_version(version: &str) -> Result<(), String> {
    let is_range = version.contains(['^', '~', '<', '>', '=', '*', '|'])
        || version.contains(char::is_whitespace);
    let numbers = version.split(['-', '+']).next().unwrap_or_default();
    let has_wildcard = numbers.contains('.') && numbers.split('.').any(|it| it == "x" || it == "X");
    if version.is_empty()
        || version == "latest"
        || is_range
        || has_wildcard
        || version.chars().count() > 255
    {
        return Err(format!(
            "the registry does not take the version {:?}; give `Server::new` one such as \"1.0.2\"",
            excerpt(version)
        ));
    }
    Ok(())
}

/// Checks that `url` is an absolute URL of HTTPS without template variables (RFC 3986), and returns its host.
fn check_url(url: &str) -> Result<String, String> {
    let parsed = UriStr::new(url).ok();
    let secure = parsed.filter(|it| it.scheme_str().eq_ignore_ascii_case("https"));
    let host = secure
        .and_then(UriStr::authority_components)
        .map(|it| it.host().to_ascii_lowercase());
    host.filter(|it| !it.is_empty()).ok_or_else(|| {
        format!(
            "the registry does not take {:?}; write an https URL such as https://example.com/mcp",
            excerpt(url)
        )
    })
}

/// Checks that others can reach a server at this URL.
fn check_remote(url: &str) -> Result<(), String> {
    let host = check_url(url)?;
    if host == "localhost" || host == "127.0.0.1" || host.ends_with(".localhost") {
        return Err(format!(
            "the registry does not take {:?}, which leads each client to its own machine; give --url the public URL",
            excerpt(url)
        ));
    }
    Ok(())
}

/// Checks that a bundle is where the registry takes one from: among the files of a release at GitHub or GitLab.
fn check_bundle(url: &str) -> Result<(), String> {
    let host = check_url(url)?;
    let is_release = match host.strip_prefix("www.").unwrap_or(&host) {
        "github.com" => url.contains("/releases/download/"),
        "gitlab.com" => url.contains("/-/releases/") || url.contains("/-/package_files/"),
        _ => false,
    };
    if !is_release || !url.to_ascii_lowercase().contains("mcp") {
        return Err(format!(
            "the registry does not take a bundle from {:?}; attach it to a release at GitHub or GitLab, such as \
             https://github.com/ann/calculator/releases/download/v1.0.0/calculator.mcpb",
            excerpt(url)
        ));
    }
    Ok(())
}

/// The first line of a text, cut where the registry would refuse it.
fn cut(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default().trim();
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
            bundle: Some((
                "https://github.com/ann/calculator/releases/download/v1/a.mcpb".to_owned(),
                "0".repeat(64),
            )),
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
}
