//! `server.json`, the entry of a server in the official registry.
//!
//! The format is that of <https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json>.

use serde_json::{Value, json};

use super::Subject;

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
    if let Some(title) = &subject.title {
        listing["title"] = cut(title).into();
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
}
