//! Instances that share a real Redis, or Valkey: each test starts its own, and kills, stops or pauses it.
//!
//! `.ci/redis/run` installs Redis and runs them. Each requirement of the design has a test named for it: `t16_..`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod cluster;
mod embedded;
mod encrypted;
mod fault;
mod instance;
mod outage;
mod permission;
mod sentinel;
mod server;
mod session;
mod share;
mod task;
