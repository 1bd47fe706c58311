//! Changes of files, found by looking at them from time to time: that sees a file that an editor has put in the place of
//! another, and the symbolic links that Kubernetes swaps.
//!
//! Polling, every 5 s, rather than notifications of the system: those follow an inode, not a path,
//! and do not see through the links of a Kubernetes `ConfigMap`; and a look at a few files costs
//! nothing. A file that changes while it is looked at is read a second after it has come to rest.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The time between two looks.
const LOOK: Duration = Duration::from_secs(5);
/// The time in which a file that has changed must stay the same, so that none is read while it is written.
const QUIET: Duration = Duration::from_secs(1);

/// The state of files when they were last read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen(Vec<(PathBuf, Option<Print>)>);

/// The state of a file that differs when it is written or replaced: its time, its length, its number.
type Print = (Option<SystemTime>, u64, u64);

impl Seen {
    /// The state of `files` now.
    pub(crate) fn now(files: Vec<PathBuf>) -> Self {
        let seen = files.into_iter().map(|file| {
            let print = print(&file);
            (file, print)
        });
        Self(seen.collect())
    }

    /// The state of `files`: as it was for those that were seen, and as it is now for others.
    pub(crate) fn renewed(self, files: Vec<PathBuf>) -> Self {
        let seen = files.into_iter().map(|file| {
            let known = self.0.iter().find(|(known, _)| *known == file);
            let print = known.map_or_else(|| print(&file), |(_, print)| *print);
            (file, print)
        });
        Self(seen.collect())
    }

    /// Waits until one of the files has changed, and has stayed the same since.
    pub(crate) async fn changed(&self) {
        loop {
            tokio::time::sleep(LOOK).await;
            let mut now = self.again();
            if now == *self {
                continue;
            }
            loop {
                tokio::time::sleep(QUIET).await;
                let later = now.again();
                if later == now {
                    return;
                }
                now = later;
            }
        }
    }

    /// The state of the same files now.
    fn again(&self) -> Self {
        Self::now(self.0.iter().map(|(file, _)| file.clone()).collect())
    }
}

/// The state of one file; `None` if it is not there.
fn print(file: &Path) -> Option<Print> {
    let metadata = fs::metadata(file).ok()?;
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(&metadata);
    #[cfg(not(unix))]
    let number = 0;
    Some((metadata.modified().ok(), metadata.len(), number))
}
