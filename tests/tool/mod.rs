//! What is declared on a function is true when it is called.

mod coercion;
mod doc;
mod failure;
mod injection;
mod lint;
mod nested;
mod output;
mod rule;
mod schema;
mod union;
