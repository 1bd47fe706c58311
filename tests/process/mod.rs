//! The server as a real process: signals, streams of its own, and its command line.
//!
//! Nothing here sleeps: a test waits for a line, a response or the end of the process, up to a limit that only a
//! failure reaches.

mod auth;
pub(crate) mod child;
mod command;
mod config;
mod embed;
mod hang;
mod health;
mod http;
mod listing;
mod package;
mod page;
mod reload;
mod shutdown;
mod stderr;
mod stdio;
mod stdout;
#[cfg(target_os = "linux")]
mod systemd;
mod tls;
#[cfg(unix)]
mod unix;
