//! The effect of each key, as callers see it, in every revision and in paused time.

mod access;
mod audit;
mod breaker;
mod cache;
mod concurrency;
mod defaults;
mod identity;
mod item;
mod max_output;
mod order;
mod peer;
mod rate_limit;
mod redact;
mod retry;
mod timeout;
