//! The settings of a server: one table, from which the file, the environment, the flags, the commands `config` and
//! `check`, the reference page and the suggestions are made.
//!
//! Layers, each over the one before: the defaults, the program (`Server`'s methods), `mcp.toml`, the environment, flags.
//! `Server::run` reads them; a program that serves itself (`serve_http`, `into_router`) has the program's alone.
//! Invariants: every value knows its [`Origin`](origin::Origin); nothing that is set is ignored; all mistakes are
//! reported at once.
//!
//! The input is the builder's values, `mcp.toml`, the variables `MCP_*` and flags; the output is
//! one [`Settings`], the origin of each value, and every mistake of all sources at once, each with
//! its place. A name that is no setting is a mistake, with the nearest one; so is a value out of
//! range. The page of reference, the command `config` and the texts of errors are made of the same
//! rows ([`setting`]), which is why they cannot disagree.

pub(crate) mod address;
mod callers;
pub(crate) mod contact;
#[cfg(feature = "cli")]
pub(crate) mod environment;
#[cfg(feature = "cli")]
mod file;
pub(crate) mod kind;
#[cfg(feature = "cli")]
pub(crate) mod layers;
#[cfg(feature = "cli")]
mod mistake;
#[cfg(feature = "cli")]
mod origin;
#[cfg(feature = "cli")]
pub(crate) mod overrides;
#[cfg_attr(
    all(feature = "cli", not(feature = "page")),
    expect(dead_code, reason = "the setting is that of the page")
)]
mod page;
pub(crate) mod problem;
mod raw;
pub(crate) mod reload;
pub(crate) mod setting;
mod settings;
#[cfg(feature = "cli")]
pub(crate) mod show;
#[cfg(feature = "cli")]
mod tree;
pub(crate) mod url;
mod value;
pub(crate) mod watch;

pub(crate) use page::Page;
pub(crate) use settings::{LogFormat, Settings};
