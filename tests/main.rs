//! One binary for everything that the crates promise together.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod http;
mod lines;
mod patience;
mod process;
mod tool;
mod tools;
mod ui;
