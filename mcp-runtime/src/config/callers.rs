//! The credentials of callers, as a [`Reload`](super::reload::Reload).

use std::path::PathBuf;

use super::Settings;
use super::reload::{Commit, Reload};
use crate::auth::settings::Verifier;

impl Reload for Verifier {
    fn prepare(&self, settings: &Settings) -> Result<Commit, String> {
        self.reload(&settings.auth)
    }

    fn files(&self) -> Vec<PathBuf> {
        self.verifier.files()
    }
}
