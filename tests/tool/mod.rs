//! What is declared on a function is true when it is called.

mod ask;
mod coercion;
mod failure;
mod injection;
mod lint;
mod nested;
mod output;
mod rate_limit;
mod rule;
mod schema;
mod task;
mod timeout;
mod union;
