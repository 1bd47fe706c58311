//! Changes of files, found by polling: this detects files that an editor replaces, and symbolic links that Kubernetes
//! swaps.
//!
//! Polling, every 5 s, rather than notifications of the system: those follow an inode, not a path, and miss changes
//! behind the links of a Kubernetes `ConfigMap`; and checking a few files costs next to nothing. A changed file is
//! read once it has been stable for a second.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The time between two polls.
const POLL_INTERVAL: Duration = Duration::from_secs(5);
/// The time for which a changed file must be stable, so that none is read while it is written.
const STABLE_TIME: Duration = Duration::from_secs(1);

/// The state of files when they were last read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct FileStates(Vec<(PathBuf, Option<Fingerprint>)>);

/// The fingerprint of a file: its time, its length, its number.
type Fingerprint = (Option<SystemTime>, u64, u64);

impl FileStates {
    /// The state of `files` now.
    pub(crate) fn now(files: Vec<PathBuf>) -> Self {
        let states = files.into_iter().map(|file| {
            let fingerprint = fingerprint(&file);
            (file, fingerprint)
        });
        Self(states.collect())
    }

    /// The state of `files`: the previous one for known files, the current one for others.
    pub(crate) fn renewed(self, files: Vec<PathBuf>) -> Self {
        let states = files.into_iter().map(|file| {
            let known = self.0.iter().find(|(known, _)| *known == file);
            let fingerprint =
                known.map_or_else(|| fingerprint(&file), |(_, fingerprint)| *fingerprint);
            (file, fingerprint)
        });
        Self(states.collect())
    }

    /// Waits until one of the files has changed, and has stayed the same since.
    pub(crate) async fn changed(&self) {
        loop {
            tokio::time::sleep(POLL_INTERVAL).await;
            let mut now = self.reread();
            if now == *self {
                continue;
            }
            loop {
                tokio::time::sleep(STABLE_TIME).await;
                let later = now.reread();
                if later == now {
                    return;
                }
                now = later;
            }
        }
    }

    /// The current state of the same files.
    fn reread(&self) -> Self {
        Self::now(self.0.iter().map(|(file, _)| file.clone()).collect())
    }
}

/// The fingerprint of one file; `None` if it does not exist.
fn fingerprint(file: &Path) -> Option<Fingerprint> {
    let metadata = fs::metadata(file).ok()?;
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(&metadata);
    #[cfg(not(unix))]
    let number = 0;
    Some((metadata.modified().ok(), metadata.len(), number))
}
