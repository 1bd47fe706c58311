//! The table of all settings, one row each, in one file for each table of `mcp.toml`.

mod absent;
mod auth;
mod limits;
#[cfg(feature = "cli")]
mod log;
#[cfg(feature = "tls")]
mod mtls;
mod ops;
mod rate_limit;
mod server;
mod state;
#[cfg(feature = "redis")]
mod store;
#[cfg(feature = "otel")]
mod telemetry;
#[cfg(feature = "tls")]
mod tls;
#[cfg(feature = "auth")]
mod token;

use super::kind::{Kind, Read};

/// One setting.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    /// Its name: the table of `mcp.toml`, and the key there.
    pub name: &'static str,
    /// Its environment variable.
    pub env: &'static str,
    /// Environment variables that set a part of it.
    pub parts: &'static [Part],
    /// Its flag, without `--`.
    pub flag: Option<&'static str>,
    /// The value of its flag if none is given.
    pub bare: Option<&'static str>,
    /// The name in errors when the program has set it.
    pub code: &'static str,
    /// The kind of its value, and the place of that in the settings.
    pub kind: Kind,
    /// True if it changes at run time; others need a restart.
    pub live: bool,
    /// One line.
    pub help: &'static str,
}

/// An environment variable that sets a part of a setting.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub env: &'static str,
    /// Reads the variable into the settings.
    pub read: Read,
}

impl Setting {
    /// A setting that needs a restart, called `name` in `mcp.toml` and `env` in the environment.
    pub(super) const fn new(
        name: &'static str,
        env: &'static str,
        kind: Kind,
        help: &'static str,
    ) -> Self {
        Self {
            name,
            env,
            parts: &[],
            flag: None,
            bare: None,
            code: name,
            kind,
            live: false,
            help,
        }
    }

    /// A setting that this program cannot have, with the reason.
    pub(super) const fn absent(name: &'static str, env: &'static str, why: &'static str) -> Self {
        Self::new(name, env, Kind::Absent(why), "")
    }

    /// The table of `mcp.toml` that it is in.
    pub(crate) fn table(&self) -> &'static str {
        self.name.rsplit_once('.').map_or("", |(table, _)| table)
    }

    /// Returns true if this program can have it.
    pub(crate) fn is_present(&self) -> bool {
        !matches!(self.kind, Kind::Absent(_))
    }

    /// Sets the name in errors when the program has set it: that of the builder's method.
    pub(super) const fn code(mut self, code: &'static str) -> Self {
        self.code = code;
        self
    }

    /// Lets it change at run time.
    pub(super) const fn live(mut self) -> Self {
        self.live = true;
        self
    }

    /// Gives it a flag.
    pub(super) const fn flag(mut self, flag: &'static str) -> Self {
        self.flag = Some(flag);
        self
    }

    /// Makes the value of its flag optional, with `value` as the default.
    #[cfg(feature = "page")]
    pub(super) const fn bare(mut self, value: &'static str) -> Self {
        self.bare = Some(value);
        self
    }

    /// Adds environment variables for parts of it.
    pub(super) const fn parts(mut self, parts: &'static [Part]) -> Self {
        self.parts = parts;
        self
    }
}

/// The rows by table of `mcp.toml`.
static TABLES: &[&[Setting]] = &[
    server::ROWS,
    limits::ROWS,
    #[cfg(feature = "cli")]
    log::ROWS,
    ops::ROWS,
    #[cfg(feature = "otel")]
    telemetry::ROWS,
    state::ROWS,
    #[cfg(feature = "redis")]
    store::ROWS,
    #[cfg(feature = "tls")]
    tls::ROWS,
    rate_limit::ROWS,
    auth::ROWS,
    #[cfg(feature = "auth")]
    token::ROWS,
    #[cfg(not(feature = "auth"))]
    absent::TOKENS,
    #[cfg(feature = "tls")]
    mtls::ROWS,
    absent::ROWS,
];

/// Returns all rows.
pub(crate) fn all() -> impl Iterator<Item = &'static Setting> + Clone {
    TABLES.iter().copied().flatten()
}

/// Returns the rows that this program can have.
pub(crate) fn present() -> impl Iterator<Item = &'static Setting> + Clone {
    all().filter(|setting| setting.is_present())
}
