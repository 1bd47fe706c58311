//! The parts that are read anew with the configuration: certificates, files of keys, the file of the audit.
//!
//! In two steps, so that a mistake anywhere changes nothing: everything is read and checked, and then put in force.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::Settings;
use crate::live::{Number, Span};

/// Reads files of its own anew when the server reloads.
///
/// `prepare` may fail and must change nothing; the [`Commit`] cannot fail. All are prepared before
/// one is committed, which is what makes a reload all or nothing.
pub(crate) trait Reload: std::fmt::Debug + Send + Sync {
    /// Reads and checks the files under these settings, and returns what puts them in force, which cannot fail. An error
    /// says which file is wrong, and how.
    fn prepare(&self, settings: &Settings) -> Result<Commit, String>;

    /// Lists the files whose change is a reason to reload.
    fn files(&self) -> Vec<PathBuf> {
        Vec::new()
    }
}

/// Puts what was read in force.
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

/// Those that follow the settings, or read files of their own.
#[derive(Debug, Default)]
pub(crate) struct Reloaders(Mutex<Vec<Arc<dyn Reload>>>);

impl Reloaders {
    /// Adds one, which lives as long as the server.
    pub(crate) fn register(&self, reloader: Arc<dyn Reload>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(reloader);
    }

    /// The number that `read` finds in the settings, from now on and after each reload.
    pub(crate) fn number(&self, settings: &Settings, read: fn(&Settings) -> usize) -> Number {
        let number = Number::from(read(settings));
        self.register(Arc::new(Following::Number(number.clone(), read)));
        number
    }

    /// The time that `read` finds in the settings, likewise.
    pub(crate) fn span(&self, settings: &Settings, read: fn(&Settings) -> Duration) -> Span {
        let span = Span::from(read(settings));
        self.register(Arc::new(Following::Span(span.clone(), read)));
        span
    }

    /// Reads everything anew; an error lists all that is wrong.
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

    /// Lists the files whose change is a reason to reload.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        self.all().iter().flat_map(|it| it.files()).collect()
    }

    /// Everyone who has registered so far.
    fn all(&self) -> Vec<Arc<dyn Reload>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.clone()
    }
}
