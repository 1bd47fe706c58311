//! Reloading a running server: on SIGHUP, and when a file has changed.
//!
//! Invariant: all or nothing. A mistake changes nothing, and is logged once.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::Notify;

#[cfg(feature = "cli")]
use crate::config::layers::{Layers, Sources};
#[cfg(feature = "cli")]
use crate::config::overrides::Declared;
use crate::config::watch::FileStates;
use crate::ops::systemd;
use crate::service::Service;

/// The sources of a configuration, and their last values.
#[cfg(feature = "cli")]
#[derive(Debug)]
pub(super) struct Configuration {
    /// The file, the environment and the flags.
    pub sources: Sources,
    /// The settings of the program, the lowest layer.
    pub program: crate::config::Settings,
    /// The declared functions, for the tables about them.
    pub declared: Declared,
    /// The settings as last read.
    pub layers: Layers,
    /// The state of the files before they were last read.
    pub states: FileStates,
}

/// Without the command line there is no configuration.
#[cfg(not(feature = "cli"))]
#[derive(Debug)]
pub(super) enum Configuration {}

/// Reloads the configuration of a running server.
#[derive(Debug)]
pub(super) struct Reloading {
    /// The running server.
    pub service: Arc<Service>,
    /// Its configuration; `None` if the program has all settings.
    pub configuration: Option<Box<Configuration>>,
}

impl Reloading {
    /// Reloads on each hang-up, and whenever a file has changed.
    pub(super) async fn run(mut self, hang_up: Arc<Notify>) {
        let mut states = self.previous_states().renewed(self.files());
        loop {
            let cause = tokio::select! {
                () = hang_up.notified() => "SIGHUP",
                () = states.changed() => "a file has changed",
            };
            if self.has_nothing() {
                tracing::info!(cause, "there is nothing to reload");
                continue;
            }
            // A write during the read counts as a change.
            let before = FileStates::now(self.files());
            systemd::reloading();
            if let Err(mistakes) = self.reload(cause) {
                self.service.metrics.reloaded(false);
                tracing::error!(
                    cause,
                    "the configuration is refused, and the previous one stays in force: {mistakes}"
                );
            }
            systemd::notify(systemd::READY);
            states = before.renewed(self.files());
        }
    }

    /// Reads and checks everything, then applies it.
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
                tracing::warn!(
                    settings,
                    "these settings have changed; restart the server to apply them"
                );
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
        tracing::info!(cause, "files are read again");
        Ok(())
    }

    /// The state of the files before they were read at the start.
    #[cfg_attr(
        not(feature = "cli"),
        expect(clippy::unused_self, reason = "only `Server::run` reads files before")
    )]
    fn previous_states(&mut self) -> FileStates {
        #[cfg(feature = "cli")]
        if let Some(configuration) = &mut self.configuration {
            return std::mem::take(&mut configuration.states);
        }
        FileStates::default()
    }

    /// Returns true if there are neither settings nor files to reload.
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

/// Applies the settings that change at run time.
#[cfg(feature = "cli")]
fn apply(service: &Service, settings: &crate::config::Settings) {
    crate::ops::logging::set_level(&settings.log_level);
    service.reconfigure(settings);
}
