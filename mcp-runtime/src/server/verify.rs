//! Everything that prevents a start: settings out of range, declarations that cannot be served, conflicts, skills.
//!
//! Both [`Server::check`](crate::Server::check), which only checks, and `build`, which then serves, need the same result. The checks
//! therefore return what they create ([`Verified`]): the keys, the skills' files and the TLS configuration are read
//! once, and are the ones that were checked.
//!
//! Faults are collected, not returned at the first one, except that keys are made only of settings that are in range:
//! the fault of a secret would be reported twice otherwise. Faults of verifiers of callers belong to HTTP only; a
//! server over stdio starts with them, as it verifies no callers.

use super::builder::Parts;
use crate::auth::public_urls::PublicUrls;
use crate::config::problem::HIDDEN;
use crate::config::{Settings, setting};
use crate::error::{Error, Result};
use crate::registry::{self, Entry};
use crate::seal::Keys;
use crate::skills::Catalogue;
#[cfg(feature = "tls")]
use crate::tls::Handshake;
use crate::transport::http;

/// The parts of a server that verification creates.
pub(super) struct Verified {
    pub keys: Keys,
    pub catalogue: Catalogue,
    #[cfg(feature = "tls")]
    pub tls: Option<Handshake>,
}

impl Parts {
    /// Checks that the server could start over HTTP. An error lists every fault.
    pub(super) fn verify_http(&self) -> Result<()> {
        let auth = auth_faults(&self.settings);
        match (self.verify(), Error::all(auth)) {
            (Ok(_), None) => Ok(()),
            (Ok(_), Some(error)) | (Err(error), None) => Err(error),
            (Err(error), Some(auth)) => Err(error.and(auth)),
        }
    }

    /// Creates the parts that can fail; an error lists every fault.
    ///
    /// Holds the lock of the entries meanwhile; no code of the program runs under it.
    pub(super) fn verify(&self) -> Result<Verified> {
        self.items.with_entries(|entries| self.verify_with(entries))
    }

    fn verify_with(&self, entries: &[Entry]) -> Result<Verified> {
        let mut faults = settings(&self.settings);
        #[cfg(feature = "tls")]
        let tls = self.settings.tls.as_ref().and_then(|tls| {
            let made = Handshake::new(tls);
            made.map_err(|fault| faults.push(fault)).ok()
        });
        let keys = if faults.is_empty() {
            keys(&self.settings, &self.info.name)
                .map_err(|fault| faults.push(fault))
                .ok()
        } else {
            None
        };
        for entry in entries {
            let declared = entry.faults.iter();
            faults.extend(declared.map(|fault| Error::declaration(entry.item(), fault)));
        }
        faults.extend(registry::conflicts(entries).into_iter().map(Error::from));
        faults.extend(missing_views(entries));
        let catalogue = self
            .skills
            .read(entries)
            .map_err(|found| faults.extend(found.into_iter().map(Error::skills)))
            .ok();
        match (Error::all(faults), keys, catalogue) {
            (None, Some(keys), Some(catalogue)) => Ok(Verified {
                keys,
                catalogue,
                #[cfg(feature = "tls")]
                tls,
            }),
            (error, ..) => Err(error.unwrap_or_else(|| Error::other("the server cannot start"))),
        }
    }
}

/// Lists the settings that are out of range.
fn settings(settings: &Settings) -> Vec<Error> {
    let settings = &mut settings.clone();
    let problems = setting::all().flat_map(|setting| {
        let problems = setting.kind.problems(settings).into_iter();
        problems
            .map(|problem| Error::setting(setting.code, &problem.value, &problem.advice()))
            .collect::<Vec<_>>()
    });
    problems.collect()
}

/// Lists the faults of the verifiers of callers.
fn auth_faults(settings: &Settings) -> Vec<Error> {
    let Some(auth) = settings.auth.verifier() else {
        return Vec::new();
    };
    let public_urls = PublicUrls::new(&settings.public_urls, http::PATH);
    let faults = auth.verifier.faults(public_urls.plain());
    faults.iter().map(|fault| Error::auth(fault)).collect()
}

/// Derives the keys of the state secrets for the audience, by default the server's name.
fn keys(settings: &Settings, name: &str) -> Result<Keys> {
    let audience = settings.state_audience.as_deref().unwrap_or(name);
    Keys::new(&settings.state_keys, audience)
        .map_err(|problem| Error::setting("state_keys", HIDDEN, &problem.to_string()))
}

/// The errors for tools whose view is not a resource of the server.
fn missing_views(entries: &[Entry]) -> impl Iterator<Item = Error> {
    let viewed = entries
        .iter()
        .filter_map(|entry| Some((entry, entry.spec.ui.as_deref()?)));
    let missing = viewed.filter(|(_, uri)| !entries.iter().any(|entry| entry.is_at(uri)));
    missing.map(|(tool, uri)| {
        Error::declaration(
            tool.item(),
            &format!(
                "its view `{uri}` is not a resource of this server; declare one with `#[resource(\"{uri}\")]`, and list it in `resources![..]`"
            ),
        )
    })
}
