//! One binary for everything that the crates promise together.

mod ui;
