//! Everything that prevents a start: settings out of range, declarations that cannot be served, conflicts, skills.

use std::net::SocketAddr;
use std::time::Duration;

use axum::http::Uri;

use super::builder::Server;
use super::edge;
use crate::auth::site::Site;
use crate::error::{Error, Result};
use crate::handler::call::inject::State;
use crate::registry::{self, Conflict, Entry};
use crate::seal::Keys;
use crate::service::Settings;
use crate::skills::Catalogue;
use crate::transport::http;

/// The largest message size: places in a message have 32 bits.
const MAX_MESSAGE: usize = u32::MAX as usize;
/// The longest duration of a setting: a year.
const MAX_DURATION: Duration = Duration::from_hours(24 * 365);

/// The parts of a server that are made while it is verified.
pub(super) struct Verified {
    pub keys: Keys,
    pub catalogue: Catalogue,
}

impl<S: State> Server<S> {
    /// Checks that the server could start over HTTP. An error lists every fault.
    pub(super) fn verify_http(&self) -> Result<()> {
        let auth = auth_faults(&self.settings);
        match (self.verify(), Error::all(auth)) {
            (Ok(_), None) => Ok(()),
            (Ok(_), Some(error)) | (Err(error), None) => Err(error),
            (Err(error), Some(auth)) => Err(error.and(auth)),
        }
    }

    /// Makes what can fail; an error lists every fault.
    pub(super) fn verify(&self) -> Result<Verified> {
        let mut faults = settings(&self.settings);
        faults.extend(ops_bind(&self.settings).err());
        faults.extend(edge::faults(&self.settings));
        let keys = keys(&self.settings, &self.info.name)
            .map_err(|fault| faults.push(fault))
            .ok();
        for entry in &self.entries {
            let declared = entry.faults.iter();
            faults.extend(declared.map(|fault| Error::declaration(entry.item(), fault)));
        }
        faults.extend(registry::conflicts(&self.entries).iter().map(conflicting));
        faults.extend(missing_views(&self.entries));
        let catalogue = self
            .skills
            .read(&self.entries)
            .map_err(|found| faults.extend(found.into_iter().map(Error::skills)))
            .ok();
        match (Error::all(faults), keys, catalogue) {
            (None, Some(keys), Some(catalogue)) => Ok(Verified { keys, catalogue }),
            (error, ..) => Err(error.unwrap_or_else(|| Error::other("the server cannot start"))),
        }
    }
}

/// Lists the settings that are out of range.
fn settings(settings: &Settings) -> Vec<Error> {
    let urls = settings
        .public_urls
        .value
        .iter()
        .filter_map(|url| public_url(settings.public_urls.name, url).err());
    let counts = [
        ("page_size", settings.page_size, 1, usize::MAX),
        ("max_sessions", settings.max_sessions, 1, usize::MAX),
        ("max_message_size", settings.max_body, 1, MAX_MESSAGE),
    ];
    let counts = counts
        .into_iter()
        .filter(|(_, value, least, most)| !(*least..=*most).contains(value));
    let counts = counts.map(|(name, value, least, most)| {
        let range = if most == usize::MAX {
            format!("write at least {least}")
        } else {
            format!("write a number from {least} to {most}")
        };
        Error::setting(name, &value.to_string(), &range)
    });
    let durations = [
        (
            "session_idle",
            settings.session_idle,
            Duration::from_millis(1),
        ),
        ("task_ttl", settings.task_ttl, Duration::from_millis(1)),
        (
            "shutdown_deadline",
            settings.shutdown_deadline,
            Duration::ZERO,
        ),
    ];
    let durations = durations
        .into_iter()
        .filter(|(_, value, least)| !(*least..=MAX_DURATION).contains(value));
    let durations = durations.map(|(name, value, least)| {
        let range = format!("write a duration from {least:?} to 365 days");
        Error::setting(name, &format!("{value:?}"), &range)
    });
    urls.chain(counts).chain(durations).collect()
}

/// Parses the address of health and metrics.
pub(super) fn ops_bind(settings: &Settings) -> Result<Option<SocketAddr>> {
    let Some(text) = &settings.ops_bind else {
        return Ok(None);
    };
    let help = "write an IP address and a port, such as 127.0.0.1:9090";
    let parsed = text.parse().map(Some);
    parsed.map_err(|_| Error::setting("ops_bind", text, help))
}

/// Lists the faults of what verifies callers.
fn auth_faults(settings: &Settings) -> Vec<Error> {
    let Some(auth) = &settings.auth else {
        return Vec::new();
    };
    let site = Site::new(&settings.public_urls.value, http::PATH);
    let faults = auth.faults(site.plain());
    faults.iter().map(|fault| Error::auth(fault)).collect()
}

/// Makes the keys of the state keys' secrets for the audience, which is the server's name unless it is set.
fn keys(settings: &Settings, name: &str) -> Result<Keys> {
    let secrets = &settings.state_keys;
    let audience = settings.state_audience.as_deref().unwrap_or(name);
    Keys::new(&secrets.value, audience)
        .map_err(|problem| Error::setting(secrets.name, "[hidden]", &problem.to_string()))
}

/// Parses one public URL, set as `name`: an absolute one, of which scheme, host and port are allowed.
pub(crate) fn public_url(name: &str, url: &str) -> Result<Uri> {
    let refused = |shown: &str, problem: &str| {
        let advice = format!("{problem}; write an absolute URL such as https://mcp.example.com");
        Err(Error::setting(name, shown, &advice))
    };
    let (address, rest) = url
        .split_once(['?', '#'])
        .map_or((url, false), |(address, _)| (address, true));
    if address.contains('@') {
        return refused("[hidden]", "user and password are not allowed");
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
        return refused(url, "the host is not a name; set each URL by itself");
    }
    let port = &authority.as_str()[host.len()..];
    if !port.is_empty() && authority.port_u16().is_none() {
        return refused(url, "the port is not a number up to 65535");
    }
    Ok(uri)
}

/// The error for two entries that a client could not tell apart.
fn conflicting(conflict: &Conflict) -> Error {
    match conflict {
        Conflict::Name(kind, name) => Error::duplicate(format!(
            "two {}s are called `{name}`; rename one with `name = \"..\"`",
            kind.noun()
        )),
        Conflict::Uri(one, other) => Error::ambiguous(one, other),
    }
}

/// The errors for tools whose view is no resource of the server.
fn missing_views(entries: &[Entry]) -> impl Iterator<Item = Error> {
    let viewed = entries
        .iter()
        .filter_map(|entry| Some((entry, entry.spec.ui?)));
    let missing = viewed.filter(|(_, uri)| !entries.iter().any(|entry| entry.is_at(uri)));
    missing.map(|(tool, uri)| {
        Error::declaration(
            tool.item(),
            &format!(
                "its view `{uri}` is no resource of this server; declare one with `#[resource(\"{uri}\")]`, and list it in `resources![..]`"
            ),
        )
    })
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
            assert!(public_url("public_url", url).is_ok(), "{url}");
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
                "set each URL by itself",
            ),
            ("https://mcp.example.com, http://world:8080", "not a URL"),
            ("https://mcp.example.com?x=y", "query and fragment"),
            ("https://mcp.example.com/mcp#z", "query and fragment"),
            ("https://mcp.example.com:99999", "the port"),
            ("https://mcp.example.com:", "the port"),
        ] {
            let error = public_url("public_url", url).unwrap_err().to_string();
            assert!(
                error.contains(says) && error.contains(&format!("{url:?}")),
                "{error}"
            );
        }
        let error = public_url("public_url", "https://ann:secret@x.com").unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("user and password") && !text.contains("secret"),
            "{text}"
        );
    }
}
