//! Resources and prompts: the declared limits are enforced.

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
