//! API keys: digests with a label and scopes each, from the program, the environment or a file.
//!
//! The label identifies the caller in logs, limits and functions, so that a secret can be replaced without changing
//! the caller's identity. Keys from a variable or a file are read at startup, and again by [`ApiKeys::reload`] or
//! SIGHUP; requests in flight keep their caller.

mod table;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use axum::http::{HeaderName, header};

use super::{Authenticate, Credentials, Deciding, Decision, Reason, Refusal, Reloaded};
use crate::live::Live;
use table::Table;

/// The header of a key in addition to `Authorization`.
const HEADER: HeaderName = HeaderName::from_static("x-api-key");

/// Callers with API keys: `label:secret` or `label:secret:scope+scope`.
///
/// A key comes in `Authorization: Bearer <secret>` or in `x-api-key: <secret>`. Its caller is the [`Principal`] with
/// the issuer `api-key` and the label as its subject. Secrets are random texts of at least 24 characters, such as those
/// of `openssl rand -hex 24`; a shorter one, a label or a secret that occurs twice, and a malformed entry stop the
/// start. Only SHA-256 digests are kept, and compared in constant time.
///
/// ```
/// use mcp_runtime::Server;
/// use mcp_runtime::auth::ApiKeys;
///
/// let keys = ApiKeys::new([
///     "ann:3f9c5a7e1b2d4f6081a3c5e7:orders:read+orders:write",
///     "metrics:0b1c2d3e4f5061728394a5b6",
/// ]);
/// assert!(Server::new("orders", "1.0.0").auth(keys).check().is_ok());
///
/// let short = Server::new("orders", "1.0.0").auth(ApiKeys::new(["ann:secret"])).check();
/// assert!(short.unwrap_err().to_string().contains("`ann`"));
/// ```
///
/// Keys are replaced by [`ApiKeys::reload`], which reads their variable or file again; clones share their keys.
///
/// [`Principal`]: crate::Principal
#[derive(Clone)]
pub struct ApiKeys {
    source: Source,
    headers: Vec<HeaderName>,
    keys: Arc<Live<Table>>,
    faults: Vec<String>,
}

/// The source of keys.
#[derive(Clone, Debug)]
enum Source {
    Program,
    Variable(String),
    File(PathBuf),
}

impl ApiKeys {
    /// Accepts these keys: `label:secret` or `label:secret:scope+scope`.
    pub fn new(keys: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        Self::of(Source::Program, Table::read(keys))
    }

    /// Accepts the keys of an environment variable, with commas between them.
    ///
    /// A variable that is not set, or has no key, stops the start.
    pub fn env(variable: impl Into<String>) -> Self {
        let source = Source::Variable(variable.into());
        let keys = source.read();
        Self::of(source, keys)
    }

    /// Accepts the keys of a file, one on each line; empty lines and those that begin with `#` are left out.
    ///
    /// A file that cannot be read, or has no key, stops the start.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        let source = Source::File(path.into());
        let keys = source.read();
        Self::of(source, keys)
    }

    fn of(source: Source, read: Result<Table, Vec<String>>) -> Self {
        let (table, faults) = match read {
            Ok(table) => (table, Vec::new()),
            Err(faults) => (Table::default(), faults),
        };
        Self {
            source,
            headers: vec![HEADER],
            keys: Arc::new(Live::new(table)),
            faults,
        }
    }

    /// Sets the headers that a key may come in, in addition to `Authorization: Bearer`. Default: `x-api-key`.
    ///
    /// A name that no header can have stops the start.
    #[must_use]
    pub fn headers(mut self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.headers.clear();
        for name in names {
            let name = name.as_ref();
            match name.parse() {
                Ok(header) => self.headers.push(header),
                Err(_) => self.faults.push(format!(
                    "API keys cannot come in the header {name:?}: it is not a header name"
                )),
            }
        }
        self
    }

    /// Replaces the keys. After an error, which lists all faults, the keys are unchanged.
    pub fn replace(&self, keys: impl IntoIterator<Item = impl AsRef<str>>) -> Result<(), String> {
        self.prepare_keys(keys).map(|put| put())
    }

    /// Reads the variable or the file of the keys again. After an error, which lists all faults, the keys are
    /// unchanged.
    ///
    /// A server started by [`Server::run`](crate::Server::run) or `serve_http` does this on SIGHUP, and when the file
    /// has changed.
    pub fn reload(&self) -> Result<(), String> {
        Authenticate::reload(self).map(|put| put())
    }

    /// Returns the function that applies new keys.
    fn prepare(&self, read: Result<Table, Vec<String>>) -> Result<Reloaded, String> {
        let table = read.map_err(|faults| faults.join("; "))?;
        let keys = Arc::clone(&self.keys);
        Ok(Box::new(move || keys.set(table)))
    }

    /// Reads keys, and returns the function that applies them.
    pub(super) fn prepare_keys(
        &self,
        keys: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Reloaded, String> {
        self.prepare(Table::read(keys))
    }

    fn decide(&self, credentials: &Credentials<'_>) -> Decision {
        let mut own = self.headers.iter();
        let own = own.find_map(|name| credentials.header(name.as_str()));
        let Some(secret) = own.or(credentials.bearer()) else {
            return Decision::Unrecognized;
        };
        match self.keys.get().find(secret) {
            Some(principal) => Decision::Verified(principal),
            None if own.is_none() && is_token(secret) => Decision::Unrecognized,
            None => Decision::Refused(Refusal::new(
                Reason::UnknownKey,
                "this API key is not known here; send one that this server was given, or ask its operator for one",
            )),
        }
    }
}

/// Returns `true` if `secret` has the form of a signed token (RFC 7515, section 7.1).
fn is_token(secret: &str) -> bool {
    secret.starts_with("eyJ") && secret.split('.').count() == 3
}

impl Source {
    fn read(&self) -> Result<Table, Vec<String>> {
        match self {
            Self::Program => Table::read::<&str>([]),
            Self::Variable(name) => {
                let value = std::env::var(name).map_err(|_| {
                    vec![format!(
                        "{name} is not set; set it to API keys, as `label:secret` with commas between them"
                    )]
                })?;
                let keys = value.split(',').map(str::trim);
                Table::read(keys.filter(|key| !key.is_empty()))
            }
            Self::File(path) => {
                let text = std::fs::read_to_string(path).map_err(|cause| {
                    vec![format!(
                        "API keys cannot be read from {}: {cause}",
                        path.display()
                    )]
                })?;
                let lines = text.lines().map(str::trim);
                Table::read(lines.filter(|line| !line.is_empty() && !line.starts_with('#')))
            }
        }
    }
}

impl Authenticate for ApiKeys {
    fn authenticate<'a>(&'a self, credentials: &'a Credentials<'a>) -> Deciding<'a> {
        Box::pin(std::future::ready(self.decide(credentials)))
    }

    fn headers(&self) -> Vec<HeaderName> {
        let mut headers = vec![header::AUTHORIZATION];
        headers.extend(self.headers.iter().cloned());
        headers
    }

    fn faults(&self, _: &[String]) -> Vec<String> {
        self.faults.clone()
    }

    fn reload(&self) -> Result<Reloaded, String> {
        match self.source {
            Source::Program => Ok(Box::new(|| ())),
            _ => self.prepare(self.source.read()),
        }
    }

    fn files(&self) -> Vec<PathBuf> {
        match &self.source {
            Source::File(path) => vec![path.clone()],
            _ => Vec::new(),
        }
    }
}

/// Shows labels only.
impl fmt::Debug for ApiKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKeys")
            .field("source", &self.source)
            .field("keys", &self.keys.get())
            .finish_non_exhaustive()
    }
}
