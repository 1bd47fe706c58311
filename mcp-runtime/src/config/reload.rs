//! The parts that are read anew with the configuration: certificates, files of keys, the file of the audit.
//!
//! In two steps, so that a mistake anywhere changes nothing: everything is read and checked, and then put in force.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::Settings;

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

/// A number of the settings that changes while the server runs.
#[derive(Clone, Debug)]
pub(crate) struct Number {
    value: Arc<AtomicUsize>,
    read: fn(&Settings) -> usize,
}

impl Number {
    /// The number that `read` finds in the settings, from now on and after each reload.
    pub(crate) fn following(
        reloaders: &Reloaders,
        settings: &Settings,
        read: fn(&Settings) -> usize,
    ) -> Self {
        let number = Self {
            value: Arc::new(AtomicUsize::new(read(settings))),
            read,
        };
        reloaders.register(Arc::new(number.clone()));
        number
    }

    /// A number that stays as it is.
    #[cfg(test)]
    pub(crate) fn fixed(value: usize) -> Self {
        Self {
            value: Arc::new(AtomicUsize::new(value)),
            read: |_| 0,
        }
    }

    /// Returns the number that is in force.
    pub(crate) fn get(&self) -> usize {
        self.value.load(Ordering::Relaxed)
    }
}

impl Reload for Number {
    fn prepare(&self, settings: &Settings) -> Result<Commit, String> {
        let (value, number) = (Arc::clone(&self.value), (self.read)(settings));
        Ok(Box::new(move || value.store(number, Ordering::Relaxed)))
    }
}

/// Those that read files of their own.
#[derive(Debug, Default)]
pub(crate) struct Reloaders(Mutex<Vec<Arc<dyn Reload>>>);

impl Reloaders {
    /// Adds one, which lives as long as the server.
    pub(crate) fn register(&self, reloader: Arc<dyn Reload>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(reloader);
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
