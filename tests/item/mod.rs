//! Resources and prompts: what is declared on a function is true when it is read.

mod prompt;
mod resource;
mod view;
