//! Reloading while the server runs: by SIGHUP, and when a file has changed.
//!
//! Invariant: all or nothing. A mistake leaves everything as it was, and is logged once.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::Notify;

#[cfg(feature = "cli")]
use crate::config::layers::{Layers, Sources};
#[cfg(feature = "cli")]
use crate::config::overrides::Declared;
use crate::config::watch::Seen;
use crate::ops::systemd;
use crate::service::Service;

/// The sources of a configuration, and what was read from them last.
#[cfg(feature = "cli")]
#[derive(Debug)]
pub(super) struct Configuration {
    /// The file, the environment and the flags.
    pub sources: Sources,
    /// The settings of the program, which are the lowest layer.
    pub program: crate::config::Settings,
    /// The declared functions, for the tables about them.
    pub declared: Declared,
    /// The settings that were read last.
    pub layers: Layers,
    /// The state of the files before they were read.
    pub seen: Seen,
}

/// Nothing has a configuration without the command line.
#[cfg(not(feature = "cli"))]
#[derive(Debug)]
pub(super) enum Configuration {}

/// Reads the configuration of a running server anew.
#[derive(Debug)]
pub(super) struct Reloading {
    /// The server that runs.
    pub service: Arc<Service>,
    /// Its configuration; `None` where the program has all settings.
    pub configuration: Option<Box<Configuration>>,
}

impl Reloading {
    /// Reloads at each hang-up, and whenever a file has changed.
    pub(super) async fn run(mut self, hang_up: Arc<Notify>) {
        let mut seen = self.seen_before().renewed(self.files());
        loop {
            let cause = tokio::select! {
                () = hang_up.notified() => "SIGHUP",
                () = seen.changed() => "a file has changed",
            };
            if self.has_nothing() {
                tracing::info!(cause, "there is nothing to reload");
                continue;
            }
            // What is written while it is read is a change.
            let before = Seen::now(self.files());
            systemd::reloading();
            if let Err(mistakes) = self.reload(cause) {
                self.service.metrics.reloaded(false);
                tracing::error!(
                    cause,
                    "the configuration is refused, and everything stays as it was: {mistakes}"
                );
            }
            systemd::notify(systemd::READY);
            seen = before.renewed(self.files());
        }
    }

    /// Reads and checks everything, and then puts it in force.
    fn reload(&mut self, cause: &str) -> Result<(), String> {
        #[cfg(feature = "cli")]
        if let Some(configuration) = &mut self.configuration {
            let Configuration {
                sources,
                program,
                declared,
                layers,
                ..
            } = &mut **configuration;
            let read = sources.over(program, declared);
            let read = read.map_err(|error| error.to_string())?;
            let commits = self.service.reloaders.prepare(&read.settings);
            let commits = commits.map_err(|wrong| wrong.join("\nerror: "))?;
            let (live, restart) = layers.changes(&read);
            apply(&self.service, &read.settings);
            for commit in commits {
                commit();
            }
            self.service.metrics.reloaded(true);
            let changed = if live.is_empty() {
                "nothing".to_owned()
            } else {
                live.join(", ")
            };
            tracing::info!(cause, changed, "the configuration is reloaded");
            if !restart.is_empty() {
                let settings = restart.join(", ");
                tracing::warn!(settings, "these settings have changed, and take a restart");
            }
            *layers = read;
            return Ok(());
        }
        let settings = self.service.settings_now();
        let commits = self.service.reloaders.prepare(&settings);
        let commits = commits.map_err(|wrong| wrong.join("\nerror: "))?;
        for commit in commits {
            commit();
        }
        self.service.metrics.reloaded(true);
        tracing::info!(cause, "files are read anew");
        Ok(())
    }

    /// The state of the files before they were read at the start.
    #[cfg_attr(
        not(feature = "cli"),
        expect(clippy::unused_self, reason = "only `Server::run` reads files before")
    )]
    fn seen_before(&mut self) -> Seen {
        #[cfg(feature = "cli")]
        if let Some(configuration) = &mut self.configuration {
            return std::mem::take(&mut configuration.seen);
        }
        Seen::default()
    }

    /// Returns true if neither settings nor files can be read anew.
    fn has_nothing(&self) -> bool {
        self.configuration.is_none() && self.service.reloaders.files().is_empty()
    }

    /// Lists the files that were read.
    fn files(&self) -> Vec<PathBuf> {
        #[cfg_attr(
            not(feature = "cli"),
            expect(unused_mut, reason = "only `Server::run` reads more")
        )]
        let mut files = self.service.reloaders.files();
        #[cfg(feature = "cli")]
        if let Some(configuration) = &self.configuration {
            files.extend(configuration.sources.files());
            files.extend(configuration.layers.files());
        }
        files
    }
}

/// Puts the settings that change while the server runs in force.
#[cfg(feature = "cli")]
fn apply(service: &Service, settings: &crate::config::Settings) {
    crate::ops::logging::set_level(&settings.log_level);
    service.reconfigure(settings);
}
