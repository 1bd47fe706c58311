//! The parts that are read again with the configuration: certificates, files of keys, the audit file.
//!
//! A reload has two steps, so that a mistake anywhere changes nothing: all parts are read and checked, then all are
//! applied.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::Settings;
use crate::live::{Number, Span};

/// A part of the server that reads its files again on a reload.
///
/// `prepare` may fail and must change nothing; the [`Commit`] cannot fail. All parts are prepared before one is
/// committed, so that a reload applies as a whole or not at all.
pub(crate) trait Reload: std::fmt::Debug + Send + Sync {
    /// Reads and checks the files under these settings, and returns the function that applies them, which cannot fail.
    /// An error names the file and the reason.
    fn prepare(&self, settings: &Settings) -> Result<Commit, String>;

    /// Lists the files whose change triggers a reload.
    fn files(&self) -> Vec<PathBuf> {
        Vec::new()
    }
}

/// Applies the values that were read.
pub(crate) type Commit = Box<dyn FnOnce() + Send>;

/// A number or a time that follows a setting.
#[derive(Debug)]
enum Following {
    Number(Number, fn(&Settings) -> usize),
    Span(Span, fn(&Settings) -> Duration),
}

impl Reload for Following {
    fn prepare(&self, settings: &Settings) -> Result<Commit, String> {
        Ok(match self {
            Self::Number(number, read) => {
                let (number, new) = (number.clone(), read(settings));
                Box::new(move || number.set(new))
            }
            Self::Span(span, read) => {
                let (span, new) = (span.clone(), read(settings));
                Box::new(move || span.set(new))
            }
        })
    }
}

/// The parts that follow a setting, or read files of their own.
#[derive(Debug, Default)]
pub(crate) struct Reloaders(Mutex<Vec<Arc<dyn Reload>>>);

impl Reloaders {
    /// Adds a part, which lives as long as the server.
    pub(crate) fn register(&self, reloader: Arc<dyn Reload>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(reloader);
    }

    /// The number that `read` returns for the settings, now and after each reload.
    pub(crate) fn number(&self, settings: &Settings, read: fn(&Settings) -> usize) -> Number {
        let number = Number::from(read(settings));
        self.register(Arc::new(Following::Number(number.clone(), read)));
        number
    }

    /// The duration that `read` returns for the settings, likewise.
    pub(crate) fn span(&self, settings: &Settings, read: fn(&Settings) -> Duration) -> Span {
        let span = Span::from(read(settings));
        self.register(Arc::new(Following::Span(span.clone(), read)));
        span
    }

    /// Reads all parts again; an error lists all faults.
    pub(crate) fn prepare(&self, settings: &Settings) -> Result<Vec<Commit>, Vec<String>> {
        let (mut ready, mut wrong) = (Vec::new(), Vec::new());
        for reloader in self.all() {
            match reloader.prepare(settings) {
                Ok(commit) => ready.push(commit),
                Err(mistake) => wrong.push(mistake),
            }
        }
        if wrong.is_empty() {
            Ok(ready)
        } else {
            Err(wrong)
        }
    }

    /// Lists the files whose change triggers a reload.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        self.all().iter().flat_map(|it| it.files()).collect()
    }

    /// All registered parts.
    fn all(&self) -> Vec<Arc<dyn Reload>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.clone()
    }
}
