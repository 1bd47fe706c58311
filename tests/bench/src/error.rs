//! Why a run ended without a report.

use std::{error::Error as _, io, process::ExitStatus};

/// Everything that stops the benchmark.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The command line was not understood.
    #[error("{0}\n\n{usage}", usage = crate::options::USAGE)]
    Usage(String),
    /// The machine refused something.
    #[error("{what}")]
    Io {
        /// What was being done.
        what: &'static str,
        /// What the machine said.
        source: io::Error,
    },
    /// A server went away before it answered.
    #[error("the server stopped before it was asked to ({0})")]
    Stopped(ExitStatus),
    /// A server did not answer in time.
    #[error("the server did not answer within {0} s")]
    Stalled(u64),
    /// A server answered something else than the result of the call.
    #[error("wrong answer: {0}")]
    Wrong(String),
    /// Our own server ended with an error.
    #[error("our server failed")]
    Ours(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Instructions could not be counted.
    #[error("{0}")]
    Counts(String),
    /// A program could not be built.
    #[error("{0}")]
    Cargo(String),
    /// The report could not be rendered.
    #[error("the report could not be written")]
    Report(#[from] serde_json::Error),
}

impl Error {
    /// For `map_err`: an I/O error with what was being done.
    pub(crate) fn io(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { what, source }
    }

    /// A wrong answer, shortened to what a terminal can show.
    pub(crate) fn wrong(why: &str, answer: &[u8]) -> Self {
        let shown = String::from_utf8_lossy(&answer[..answer.len().min(600)]);
        Self::Wrong(format!("{why}: {shown}"))
    }

    /// This error and its sources on one line.
    pub(crate) fn chain(&self) -> String {
        let sources = std::iter::successors(self.source(), |&error| error.source());
        sources.fold(self.to_string(), |text, source| format!("{text}: {source}"))
    }
}
