//! Tools: the declared limits are enforced.

mod alias;
mod asker;
mod coercion;
mod doc;
mod failure;
mod flatten;
mod injection;
mod lint;
mod misfit;
mod nested;
mod output;
mod panic;
mod rule;
mod schema;
mod types;
mod union;
