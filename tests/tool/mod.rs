//! What is declared on a function is true when it is called.

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
