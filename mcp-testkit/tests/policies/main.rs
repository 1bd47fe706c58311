//! What each key does, as callers see it, in every revision and in paused time.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod audit;
mod breaker;
mod cache;
mod concurrency;
mod defaults;
mod max_output;
mod order;
mod peer;
mod rate_limit;
mod redact;
mod retry;
mod support;
