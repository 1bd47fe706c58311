//! Writes audit records: to the log, or to a separate file.
//!
//! Invariants: a record never waits for the file; records beyond the queue are dropped and counted; a flood of
//! refusals does not become a flood of records.
//!
//! `policy/audit.rs` makes the records of calls. Without a file, records are log events under their own target. The
//! file has a queue of 1 MiB and a thread, as stderr has (`log/queue.rs`): a disk that hangs costs records, which are
//! counted, and never blocks a call. The file is checked before each write, so that logrotate needs no signal.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant as Real, SystemTime};

use prometheus_client::metrics::counter::Counter;
use serde::Serialize;
use tokio::time::Instant;

use super::log::queue::Queue;
use crate::clock::{Clock, rfc3339};
use crate::policy::audit::Record;
use crate::policy::{Call, Outcome, Policies};

/// The maximum number of records of refusals in one second, of each outcome, for functions without `audit`.
const REFUSALS: u32 = 10;

/// Writes audit records.
#[derive(Debug, Default)]
pub(crate) struct Audit {
    file: Option<AuditFile>,
    clock: Clock,
    refusals: [Mutex<Option<(Instant, u32)>>; 2],
}

/// A line of the file.
#[derive(Serialize)]
struct Line<'a> {
    timestamp: String,
    #[serde(flatten)]
    record: &'a Record<'a>,
}

impl Audit {
    /// Opens the file at `path`; without one, records go to the log.
    pub(crate) fn open(path: Option<&Path>) -> io::Result<Self> {
        Ok(Self {
            file: path.map(AuditFile::open).transpose()?,
            ..Self::default()
        })
    }

    /// Records a call that has ended, if its function declares `audit`. A file also receives calls that were refused for
    /// scopes or rate limits, of every function.
    pub(crate) fn call(
        &self,
        policies: &Policies,
        call: &Call<'_>,
        outcome: Outcome,
        took: Duration,
    ) {
        let refusal = match outcome {
            Outcome::Forbidden => Some(0),
            Outcome::RateLimited => Some(1),
            _ => None,
        };
        let is_wanted = policies.audit
            || self.file.is_some() && refusal.is_some_and(|which| self.admits(which));
        if is_wanted {
            self.write(&Record::of(call, outcome, took, &policies.redacted));
        }
    }

    /// Records the refusal of a caller that was not verified.
    pub(crate) fn unverified(&self, reason: &'static str, peer: Option<IpAddr>) {
        self.write(&Record::unverified(reason, peer));
    }

    fn write(&self, record: &Record<'_>) {
        let Some(file) = &self.file else {
            record.log();
            return;
        };
        let now = SystemTime::UNIX_EPOCH + self.clock.elapsed();
        let line = Line {
            timestamp: rfc3339(now, 6),
            record,
        };
        if let Ok(mut line) = serde_json::to_vec(&line) {
            line.push(b'\n');
            file.queue.push(&line);
        }
    }

    /// Counts a refusal, and returns `true` if it may be recorded.
    fn admits(&self, which: usize) -> bool {
        let now = Instant::now();
        let Some(second) = self.refusals.get(which) else {
            return false;
        };
        let mut second = second.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *second {
            Some((begun, records)) if now - *begun < Duration::from_secs(1) => {
                *records += 1;
                *records <= REFUSALS
            }
            _ => {
                *second = Some((now, 1));
                true
            }
        }
    }

    /// The number of records that were dropped because of the file.
    pub(crate) fn dropped(&self) -> Counter {
        match &self.file {
            Some(file) => file.queue.dropped.clone(),
            None => Counter::default(),
        }
    }

    /// Waits until all records are in the file, at most `limit`.
    ///
    /// Blocks its thread; called once, at the end.
    pub(crate) fn flush(&self, limit: Duration) {
        let Some(file) = &self.file else { return };
        let begun = Real::now();
        while !file.queue.is_empty() && !file.queue.is_stuck() && begun.elapsed() < limit {
            thread::sleep(super::log::LOOK);
        }
    }
}

/// A file that a thread behind a bounded queue appends to.
#[derive(Debug)]
struct AuditFile {
    queue: Arc<Queue>,
}

impl AuditFile {
    fn open(path: &Path) -> io::Result<Self> {
        let mut output = Output {
            file: append(path)?,
            path: path.to_owned(),
        };
        let queue = Arc::new(Queue::default());
        let writing = Arc::clone(&queue);
        thread::Builder::new()
            .name("mcp-audit".into())
            .spawn(move || writing.write_behind(&mut output, report))?;
        Ok(Self { queue })
    }
}

impl Drop for AuditFile {
    fn drop(&mut self) {
        self.queue.close();
    }
}

fn report(missed: u64) {
    tracing::error!(
        records = missed,
        "audit records were dropped, because their file could not be written to"
    );
}

/// The open file, and its path, which may lead to another file later.
struct Output {
    file: File,
    path: PathBuf,
}

impl Write for Output {
    fn write(&mut self, records: &[u8]) -> io::Result<usize> {
        if !is_at(&self.file, &self.path) {
            self.file = append(&self.path)?;
        }
        self.file.write(records)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Opens a file for appending; only its owner and its group read a new one.
fn append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o640);
    options.open(path)
}

/// Returns true if `file` is still the one at `path`: logrotate and the like rename it.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let (Ok(own), Ok(there)) = (file.metadata(), std::fs::metadata(path)) else {
        return false;
    };
    (own.dev(), own.ino()) == (there.dev(), there.ino())
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::fs;

    /// A folder that is removed with its contents.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_renamed_file_is_opened_again() {
        let folder = Folder::new("audit-renamed");
        let (path, old) = (folder.0.join("audit.log"), folder.0.join("audit.log.1"));
        let audit = Audit::open(Some(&path)).unwrap();
        audit.unverified("expired", None);
        audit.flush(Duration::from_mins(1));
        fs::rename(&path, &old).unwrap();
        audit.unverified("missing", None);
        audit.flush(Duration::from_mins(1));
        let reasons = |path: &Path| fs::read_to_string(path).unwrap();
        assert!(reasons(&old).contains("expired") && !reasons(&old).contains("missing"));
        assert!(reasons(&path).contains("missing"));
        assert!(reasons(&path).ends_with("}\n"));
    }

    #[test]
    fn a_file_that_cannot_be_opened_is_an_error() {
        let folder = Folder::new("audit-missing");
        assert!(Audit::open(Some(&folder.0.join("no/such/folder"))).is_err());
    }

    #[test]
    fn records_that_cannot_be_written_are_dropped_and_counted() {
        let folder = Folder::new("audit-gone");
        let path = folder.0.join("audit.log");
        let audit = Audit::open(Some(&path)).unwrap();
        drop(folder);
        audit.unverified("expired", None);
        audit.flush(Duration::from_mins(1));
        assert_eq!(audit.dropped().get(), 1);
    }
}
