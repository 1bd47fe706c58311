//! One binary for the behaviour of the crates together.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]
#![expect(
    clippy::float_cmp,
    reason = "metrics and reports count in numbers that a float holds exactly"
)]
#![expect(
    clippy::needless_pass_by_value,
    reason = "reads as `call(json!({..}))`"
)]

mod ask;
mod auth;
mod fuzz;
mod house;
mod http;
mod item;
mod layering;
mod lines;
mod long;
mod malformed;
mod matrix;
mod ops;
mod policy;
mod process;
mod skills;
mod start;
mod support;
mod task;
mod tool;
mod ui;
