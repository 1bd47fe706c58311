//! Resources and prompts: what is declared on a function is true when it is read.

mod access;
mod complete;
mod dynamic;
mod hint;
mod listed;
mod mount;
mod page;
mod prompt;
mod resource;
mod server;
mod shown;
mod view;
