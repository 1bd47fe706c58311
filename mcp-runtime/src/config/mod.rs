//! The settings of a server: one table, from which the file, the environment, the flags, the commands `config` and
//! `check`, the reference page and the suggestions are made.
//!
//! Layers, each over the one before: the defaults, the program (`Server`'s methods), `mcp.toml`, the environment, flags.
//! `Server::run` reads them; a program that serves itself (`serve_http`, `into_router`) has only those of the program.
//! Invariants: every value knows its [`Origin`](origin::Origin); every value that is set is used or reported; all
//! mistakes are reported together.
//!
//! The input is the builder's values, `mcp.toml`, the variables `MCP_*` and flags; the output is one [`Settings`], the
//! origin of each value, and every mistake of all sources with its position. An unknown name is a mistake, reported
//! with the nearest one, and so is a value out of range. The reference page, the command `config` and the error texts
//! are made of the same rows ([`setting`]), so that they cannot disagree.

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
